"""The guides of every role: written once as Markdown, read by people on paper and by the product beside each page."""
