"""What it means: verdicts of claims and of answers."""
