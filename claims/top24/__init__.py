"""The second article: 24 questions, of which every answer is checked here."""
