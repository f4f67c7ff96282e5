"""The demonstration: one branch with invented people, ready for a phone."""
