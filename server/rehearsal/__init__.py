"""Plays a week file through the real system: server over HTTP, phones, cashier, report."""
