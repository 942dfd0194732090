"""One reader for each kind of value in people's own files: days, numbers, marks, periods, numbers of lessons."""
