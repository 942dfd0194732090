"""``python -m docs``: write every page of the documentation that is generated from the code."""

from docs.pages import PAGES, page_path

if __name__ == "__main__":
    for name, page in PAGES.items():
        path = page_path(name)
        text = page()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"docs/{name}: written")
