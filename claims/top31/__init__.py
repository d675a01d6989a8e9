"""The first article: 31 questions, of which every answer is checked here."""
