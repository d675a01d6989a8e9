"""Verdicts on claims, and marks of answers, from outcomes."""
