"""The pure core: what an event is, what it does to the books, and what the law makes of it.

Standard library only. No clock, no network, no database: time, randomness and storage come in as
arguments. pwa/src/sync mirrors it file for file; sync/vectors holds both to the same answers.
"""
