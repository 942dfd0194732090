"""The printed register of a class: what is on each of its pages (pure), where it comes from, and the layout (п. 2.3, 6.6)."""
