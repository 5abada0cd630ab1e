"""Tables that are handed out: their shapes, and how they are written as CSV and as workbooks, row by row."""
