"""``python -m pipelines``: print the catalogue of measures as docs/measures.md."""

from pipelines.catalogue.page import measures_page

if __name__ == "__main__":
    print(measures_page(), end="")
