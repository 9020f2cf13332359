"""A bound file is PDF/A-2b whatever it was bound of; the check that says so finds each thing that is not allowed."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from engine.cases.docket import binding, picture
from engine.cases.papers import template
from tests.engine.cases.docket import pdfa

LISTS = binding.Lists(
    organ="官林镇人民政府",
    name="行政执法案卷",
    part_name="正卷",
    title="正卷 GL-2026-000001 某公司",
    cover=[("案号", "GL-2026-000001")],
    built_by="王强",
    built_at="2026-03-02 09:00",
    evidence=[
        {"number": "1", "title": "现场照片", "kind": "书证", "obtained": "2026-03-02 现场", "takers": "王强、李敏",
         "state": "已核实", "sha256": "9d" * 32}
    ],
    recordings=[{"title": "现场检查", "taken": "2026-03-02 09:00", "place": "官林镇", "sha256": "9d" * 32}],
    trail=[{"at": "2026-03-02 09:00", "who": "王强", "what": "登记线索"}],
    trail_head="1 " + "ab" * 32,
    gaps=["案件未结案"],
)  # fmt: skip
SOURCE = '// title: 笔录\n// prefix: -\n#import "/onewindow.typ": *\n#show: letter\n内容'
RED, HALF_RED = (200, 30, 30), (200, 30, 30, 120)


def _sheet(path: Path) -> binding.Sheet:
    return binding.Sheet(path.stem, "", "2026-03-02", "9d" * 32, path.suffix[1:], path)


@pytest.fixture(scope="module")
def bound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file of a document, photos of every make, one that is cut off, and one that is none."""
    folder = tmp_path_factory.mktemp("sheets")
    facts = {
        "kind": "record",
        "title": "笔录",
        "number": "",
        "issued_on": "2026-03-02",
        "track_url": "http://localhost",
    }
    organ = {"name": "官林镇人民政府", "reconsideration": "宜兴市人民政府", "court": "宜兴市人民法院"}
    data = {"organ": organ, "case": {"number": "GL-2026-000001"}, "document": facts}
    draft = template.Draft("record", {"documents/record.typ": SOURCE.encode()}, {})
    (folder / "笔录.pdf").write_bytes(template.render(draft, data))
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (40, 20), RED).save(folder / "竖.jpg", exif=turned)
    Image.new("CMYK", (20, 20), (0, 200, 200, 0)).save(folder / "四色.jpg")
    Image.new("L", (20, 20), 90).save(folder / "灰.jpg")
    Image.new("RGBA", (20, 20), HALF_RED).save(folder / "透明.png")
    Image.new("I;16", (20, 20), 40_000).save(folder / "十六位.png")
    Image.new("P", (20, 20), 3).save(folder / "索引.png")
    (folder / "截断.jpg").write_bytes((folder / "四色.jpg").read_bytes()[:200])
    (folder / "不是.png").write_bytes(b"\x89PNG\r\n\x1a\nP058")
    told: list[int] = []
    made = binding.bind((_sheet(path) for path in sorted(folder.iterdir())), LISTS, told.append)
    assert told == list(range(1, 10))
    assert made.pages == 1 + 6 + 4, "the two that cannot be shown are named in the catalogue only"
    return made.content


def test_a_file_of_any_pictures_is_pdfa(bound: bytes) -> None:
    assert pdfa.broken(bound) == set()
    with pikepdf.Pdf.open(io.BytesIO(bound)) as pdf, pdf.open_metadata(set_pikepdf_as_editor=False) as told:
        assert told.pdfa_status == "2B"
        assert told[binding.PAGES] == str(len(pdf.pages))


def test_a_file_without_a_sheet_says_so_in_its_catalogue(bound: bytes) -> None:
    empty = binding.bind((), LISTS, lambda _done: None)
    assert (empty.pages, pdfa.broken(empty.content)) == (4, set())
    assert _prints(empty.content, "没")
    assert not _prints(bound, "没")


def _prints(content: bytes, letter: str) -> bool:
    """Tell whether the cover or the catalogue shows a letter, as their fonts map it for searching."""
    code = letter.encode("utf-16-be").hex().encode()
    with pikepdf.Pdf.open(io.BytesIO(content)) as pdf:
        fonts = [font for page in list(pdf.pages)[:2] for font in page.Resources.Font.as_dict().values()]
        return any(code in font.ToUnicode.read_bytes().lower() for font in fonts)


def _first_of(pdf: pikepdf.Pdf, kind: str, name: str) -> pikepdf.Object:
    return next(each for each in pdf.objects if isinstance(each, pikepdf.Object) and _is(each, kind, name))


def _is(thing: pikepdf.Object, kind: str, name: str) -> bool:
    return isinstance(thing, pikepdf.Dictionary | pikepdf.Stream) and thing.get(kind) == name


def _run_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(Type=pikepdf.Name.Action, S=pikepdf.Name.JavaScript, JS="1")
    pdf.Root.OpenAction = pdf.make_indirect(pdf.Root.OpenAction)


def _forget_font(pdf: pikepdf.Pdf) -> None:
    font = _first_of(pdf, "/Type", "/FontDescriptor")
    del font[next(key for key in font.keys() if key.startswith("/FontFile"))]  # noqa: SIM118 - a PDF's dictionary


def _forget_text(pdf: pikepdf.Pdf) -> None:
    del _first_of(pdf, "/Subtype", "/Type0")["/ToUnicode"]


def _attach(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["检测报告.txt"] = b"1"


def _paint_for_a_press(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"0 0 0 1 k 0 0 9 9 re f")


def _forget_metadata(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Metadata


def _name_otherwise(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Title"] = "另一个"


def _claim_less(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False) as told:
        told["pdfaid:part"] = "1"


def _do_on_opening(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AA = pikepdf.Dictionary()


@pytest.mark.parametrize(
    ("breaks", "clause"),
    [
        (_run_script, "6.5.1 actions"),
        (_do_on_opening, "6.5.2 trigger events"),
        (_forget_font, "6.2.11.4 embedded fonts"),
        (_forget_text, "6.2.11.7 text that can be searched"),
        (_attach, "6.8 embedded files"),
        (_paint_for_a_press, "6.2.4.3 colours"),
        (_forget_metadata, "6.6.2.1 metadata"),
        (_name_otherwise, "6.6.3 document information"),
        (_claim_less, "6.6.4 version identification"),
    ],
)
def test_the_check_finds_what_is_not_allowed(bound: bytes, breaks: Callable[[pikepdf.Pdf], None], clause: str) -> None:
    written = io.BytesIO()
    with pikepdf.Pdf.open(io.BytesIO(bound)) as pdf:
        breaks(pdf)
        pdf.save(written)
    assert clause in pdfa.broken(written.getvalue())


def test_a_photo_is_printed_upright_and_no_finer_than_paper_needs(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (6000, 3000), RED).save(tmp_path / "photo.jpg", exif=turned)
    shown = picture.printable(tmp_path / "photo.jpg")
    assert shown is not None
    assert Image.open(io.BytesIO(shown)).size == (picture.LONGEST // 2, picture.LONGEST)


def test_what_is_dark_in_sixteen_bits_is_dark_on_paper(tmp_path: Path) -> None:
    Image.new("I;16", (8, 8), 0x2000).save(tmp_path / "dark.png")
    shown = picture.printable(tmp_path / "dark.png")
    assert shown is not None
    level = Image.open(io.BytesIO(shown)).convert("L").getpixel((4, 4))
    assert isinstance(level, int)
    assert 24 < level < 40
