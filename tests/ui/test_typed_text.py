"""Words that people typed are shown as they are, whatever Markdown would make of them."""

import pytest

from pages.ui.typed_text import as_typed

TYPED = [
    ("Забыл тетрадь", "Забыл тетрадь"),
    ("- 1. # > + списки", r"\- 1\. \# \> \+ списки"),
    ("*a* _b_ ~c~ `d` ^e^", r"\*a\* \_b\_ \~c\~ \`d\` \^e\^"),
    (":red[x] ![y](z) <b> &amp; $x$ {w} |", r"\:red\[x\] \!\[y\]\(z\) \<b\> \&amp; \$x\$ \{w\} \|"),
    ("Итоги\n===", "Итоги  \n\\=\\=\\="),
    ("\\", r"\\"),
]


@pytest.mark.parametrize(("typed", "markdown"), TYPED)
def test_signs_of_markdown_and_of_its_colours_stay_signs(typed: str, markdown: str) -> None:
    assert as_typed(typed) == markdown
