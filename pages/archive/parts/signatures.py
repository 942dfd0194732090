"""A document of the archive: taken out to be printed or signed, and signatures made outside attached to it (п. 6.6)."""

from functools import partial
from typing import Any

import streamlit as st

from pages.ui.doing import try_and_rerun
from pages.ui.filters import choose
from pages.ui.typed_text import Markdown, as_typed
from pages.ui.upload import file_uploader
from school.archive.actions import attach_signature
from school.archive.lookups import ArchivedDocument, ArchivePage, Signature, archived_document, signature_file
from school.archive.signatures import VERDICT_WORDS
from school.privacy.rules.viewing import Seen, Viewed
from school.records import User
from server.session import school
from server.viewings import note_seen


def show_document(user: User, page: ArchivePage) -> None:
    """Let the user choose a document, take it out, and see or attach its signatures."""
    st.subheader("Документ и подписи")
    documents = {str(each.document_id): each for each in page.documents}
    titles = {key: each.packed.title for key, each in documents.items()}
    box, button = st.columns([4, 1.4], vertical_alignment="bottom")
    document = documents[choose("archive_document", "Документ", titles, place=box)]
    button.download_button(
        "Скачать PDF",
        partial(_content, user, document),
        f"{document.packed.title}.pdf".replace("/", "-"),
        "application/pdf",
        key=f"archive_pdf_{document.document_id}",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    for each in page.signatures.get(document.document_id, ()):
        show_signature(user, each)
    if page.may_make:
        show_attaching(user, document, len(page.signatures.get(document.document_id, ())))


def _content(user: User, document: ArchivedDocument) -> bytes:
    _, content = archived_document(school().store, user, document.document_id)
    note_seen(user, Seen(Viewed.REPORT, title=document.packed.title, class_id=document.packed.class_id))
    return content


def show_signature(user: User, signature: Signature) -> None:
    """Show who signed a document, what was found of the signature, and its file."""
    checked = signature.checked
    days = (
        f", сертификат действует с {checked.valid_from:%d.%m.%Y} по {checked.valid_until:%d.%m.%Y}"
        if checked.valid_from and checked.valid_until
        else ""
    )
    words, button = st.columns([4, 1.4], vertical_alignment="center")
    words.markdown(
        f":material/signature: **{as_typed(checked.signer)}**{as_typed(days)}  \n"
        f"{as_typed(VERDICT_WORDS[checked.verdict, checked.trust])}  \n"
        f":small[Приложено {signature.added_at:%d.%m.%Y %H:%M}, {as_typed(signature.added_by_name)}]"
    )
    button.download_button(
        "Скачать подпись",
        lambda: signature_file(school().store, user, signature.signature_id)[1],
        signature.title,
        "application/octet-stream",
        key=f"archive_sig_{signature.signature_id}",
        on_click="ignore",
        type="tertiary",
    )


def show_attaching(user: User, document: ArchivedDocument, attached: int) -> None:
    """Let the secretary attach a detached signature made outside; after each of those ``attached`` the uploader is empty again."""
    with st.expander("Приложить электронную подпись"):
        st.caption(
            "Скачайте PDF, подпишите его своей программой (КриптоПро, КриптоАРМ и другие) как отдельный файл .sig или .p7s и приложите этот файл."
        )
        upload: Any = file_uploader(
            Markdown("Файл подписи"), ["sig", "p7s"], key=f"archive_upload_{document.document_id}_{attached}"
        )
        if st.button("Проверить и приложить", icon=":material/verified:", disabled=upload is None):
            here, content = school(), upload.getvalue()
            try_and_rerun(
                lambda: attach_signature(
                    here.store, user, document.document_id, upload.name, content, now=here.clock()
                ),
                Markdown("Подпись подходит к документу и приложена."),
            )
