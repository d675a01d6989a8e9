"""Measuring: what each claim did in each environment, with evidence, and the ledger that stores it."""
