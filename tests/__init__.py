"""The tests of the machinery, and the lint of the claims; they mirror report/."""
