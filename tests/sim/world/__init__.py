"""The simulation: the real server and real phones under one seeded scheduler."""
