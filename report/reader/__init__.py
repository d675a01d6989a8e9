"""One reader of an article for every layout: Markdown, HTML, reStructuredText and plain text.

`guessed` recognises the layout, and a module for each gives its *blocks*: headings, paragraphs, items, rows, code.
`choice` finds the blocks that begin a question. `read` gives the outline: the questions with their sentences and code.
Everything keeps its place in the file: `text[sentence.start:sentence.end]` is the sentence.
"""

from report.errors import OutlineError
from report.reader.outline import Code, Outline, Question, Sentence, listed
from report.reader.reading import decoded, read, read_file, text_of

__all__ = [
    "Code",
    "Outline",
    "OutlineError",
    "Question",
    "Sentence",
    "decoded",
    "listed",
    "read",
    "read_file",
    "text_of",
]
