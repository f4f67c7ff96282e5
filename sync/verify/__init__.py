"""`doorstep verify`: is what an export says so? Stand-alone: it reads the file and nothing else.

Only the standard library, `sync/`, and `cryptography` for the signatures (ecdsa.py, nowhere else).
docs/export.md describes the file so that somebody else can write a verifier too.
"""
