"""What ISO 19005-2 (PDF/A-2b) asks of a file that was bound of printed pages: each clause that it breaks."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

_ACTIONS = {"/GoTo", "/GoToR", "/GoToE", "/Thread", "/URI", "/Named"}
_DEVICE = {"/DeviceRGB": 3, "/DeviceGray": 1, "/DeviceCMYK": 4}
_PAINTS = {"rg": 3, "RG": 3, "g": 1, "G": 1, "k": 4, "K": 4}
_MEANT = {"/Title": "dc:title", "/Creator": "xmp:CreatorTool", "/Producer": "pdf:Producer"}


def broken(content: bytes) -> set[str]:
    """Return the numbers of the clauses that a PDF breaks; none if it is PDF/A-2b as far as this looks."""
    with pikepdf.Pdf.open(io.BytesIO(content)) as pdf:
        found = {*_bytes(content, pdf), *_catalogue(pdf), *_metadata(pdf)}
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
                found.update(_thing(thing))
        found.update(_colours(pdf))
    return found


def _bytes(content: bytes, pdf: pikepdf.Pdf) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", content):
        yield "6.1.2 header"
    if "/ID" not in pdf.trailer or "/Encrypt" in pdf.trailer or not content.rstrip(b"\r\n").endswith(b"%%EOF"):
        yield "6.1.3 trailer"


def _catalogue(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    names = root.get("/Names", pikepdf.Dictionary())
    if "/JavaScript" in names:
        yield "6.5.1 actions"
    if "/AA" in root or any("/AA" in page for page in pdf.pages):
        yield "6.5.2 trigger events"
    if "/EmbeddedFiles" in names:
        yield "6.8 embedded files"
    if "/AlternatePresentations" in names or any("/PresSteps" in page for page in pdf.pages):
        yield "6.10 alternate presentations"
    if "/Requirements" in root:
        yield "6.11 requirements"
    if "/NeedsRendering" in root or "/XFA" in root.get("/AcroForm", pikepdf.Dictionary()):
        yield "6.4 forms"


def _metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/Metadata" not in pdf.Root:
        yield "6.6.2.1 metadata"
        return
    packet = re.match(rb"\s*<\?xpacket ([^>]*)\?>", pdf.Root.Metadata.read_bytes())
    if packet is None or b"bytes=" in packet[1] or b"encoding=" in packet[1]:
        yield "6.6.2.1 metadata"
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as told:
        if (told.get("pdfaid:part"), told.get("pdfaid:conformance")) != ("2", "B"):
            yield "6.6.4 version identification"
        if any(str(pdf.docinfo[name]) != told.get(key) for name, key in _MEANT.items() if name in pdf.docinfo):
            yield "6.6.3 document information"


def _thing(thing: Any) -> Iterator[str]:
    """Look at one object, whatever it is."""
    kind, sort = thing.get("/Type"), thing.get("/Subtype")
    if isinstance(thing, pikepdf.Stream):
        if "/LZWDecode" in str(thing.get("/Filter", "")) or "/F" in thing:
            yield "6.1.7 streams"
        if sort == "/Image" and (thing.get("/Interpolate", False) or "/Alternates" in thing or "/OPI" in thing):
            yield "6.2.8 images"
        if sort in ("/PS", "/Form") and (sort == "/PS" or "/Ref" in thing or "/OPI" in thing):
            yield "6.2.9 form objects"
    if kind == "/FontDescriptor" and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(thing.keys()):
        yield "6.2.11.4 embedded fonts"
    if kind == "/Font" and sort == "/Type0" and "/ToUnicode" not in thing:
        yield "6.2.11.7 text that can be searched"  # level U asks it; an archive wants it
    if kind == "/Annot" and sort not in ("/Link", "/Popup"):
        yield "6.3 annotations"
    if "/S" in thing and (kind == "/Action" or {"/JS", "/URI"} & set(thing.keys())) and thing["/S"] not in _ACTIONS:
        yield "6.5.1 actions"
    if kind == "/ExtGState" and ("/TR" in thing or "/HTP" in thing):
        yield "6.2.5 graphics state"


def _colours(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Look for colours of a device that the output intent does not tell, and layers without a space to blend in."""
    intents = [each for each in pdf.Root.get("/OutputIntents", []) if each.get("/S") == "/GTS_PDFA1"]
    profile = int(intents[0].DestOutputProfile.N) if intents and "/DestOutputProfile" in intents[0] else 0
    known = {profile, 1} if profile else set()
    for page in pdf.pages:
        used = {_PAINTS.get(str(step.operator)) for step in pikepdf.parse_content_stream(page)} - {None}
        used |= {_DEVICE.get(str(image.get("/ColorSpace"))) for image in page.get_images().values()} - {None}
        if used - known:
            yield "6.2.4.3 colours"
        if not profile and "/SMask" in str(page.get("/Resources")) and "/CS" not in page.get("/Group", {}):
            yield "6.2.10 transparency"
