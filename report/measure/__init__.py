"""What happened: outcomes, their evidence, and the ledger that keeps them."""
