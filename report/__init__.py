"""From claims that run to a report that marks each answer: measure, judge, tell."""
