"""The facts on pages: a small book is built with the extension, and its HTML is read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from .small_book import QUOTAS, Book


def one(soup: BeautifulSoup | Tag, selector: str) -> Tag:
    (found,) = soup.select(selector)
    return found


def test_a_quota_is_a_number_with_its_source(book: Book) -> None:
    # GIVEN the page that names three quotas
    quotas = book.page("chapter").select(".quota")

    # THEN each shows its number, leads to the list of numbers, and is described by a tooltip with source and date
    assert [one(quota, "a").get_text() for quota in quotas] == ["10,240\xa0MB", "10\xa0GB", "6\xa0hours"]
    assert one(quotas[0], "a")["href"] == "numbers.html#quota-memory_max"
    tip = one(quotas[0], "[role=tooltip]")
    assert one(quotas[0], "a")["aria-describedby"] == tip["id"]
    assert tip.get_text() == "For <most> functions. Since: Dec 2020. Source: The guide; read on 2026-11-21."
    assert len({one(quota, "[role=tooltip]")["id"] for quota in quotas}) == 3


def test_a_quota_leads_to_its_row(book: Book) -> None:
    numbers = book.page("numbers")
    row = one(numbers, "#quota-memory_max")
    assert [cell.get_text() for cell in row.select("th, td")][:3] == ["memory_max", "10,240\xa0MB", "no"]
    cells = [cell.get_text() for cell in one(numbers, "#quota-event_age").select("td")]
    assert cells[:2] == ["60–21,600\xa0s (default 21,600)", "yes (per function)"]


def test_a_myth_shows_claim_verdict_correction_evidence_and_date(book: Book) -> None:
    myth = one(book.page("chapter"), "#myth-c001")
    assert one(myth, ".verdict").get_text() == "✗ wrong"
    assert one(myth, "blockquote").get_text() == "A failed event is retried at once."
    assert one(myth, ".myth-correction").get_text() == "What is so: It waits a minute."
    assert one(myth, ".myth-explanation em").get_text() == "clock"
    evidence = one(myth, ".myth-evidence")
    assert "The guide: one minute; A recording. Checked on 2026-11-21." in evidence.get_text()
    assert one(evidence, "time")["datetime"] == "2026-11-21"
    assert one(evidence, "a")["href"] == "errata.html#c001"


def test_a_myth_is_a_named_note(book: Book) -> None:
    page = book.page("chapter")
    myth = one(page, "#myth-c001")
    assert myth["role"] == "note"
    assert one(page, f"#{myth['aria-labelledby']}").get_text() == "People say ✗ wrong"
    assert one(myth, ".verdict [aria-hidden=true]").get_text() == "✗"


def test_a_correct_claim_is_said_rightly(book: Book) -> None:
    claim = one(book.page("chapter"), "#claim-c002")
    assert one(claim, ".myth-head").get_text() == "Rightly said ✓ correct"
    assert claim.select(".myth-explanation") == []


def test_the_errata_list_every_claim_by_topic(book: Book) -> None:
    errata = book.page("errata")
    topics = {
        section["id"]: [entry["id"] for entry in section.select("li")] for section in errata.select("section section")
    }
    assert topics == {"claims-async": ["c001"], "claims-pricing": ["c002", "c003"]}
    assert one(errata, "#claims-async h2").get_text().startswith("Asynchronous invocation")
    entry = one(errata, "#c001")
    assert (entry["data-topic"], entry["data-verdict"]) == ("async", "wrong")
    assert one(entry, ".errata-id")["href"] == "#c001"
    assert "Read in “Cards”, line 3. Shown in The chapter." in entry.get_text()
    assert one(entry, ".errata-evidence a")["href"] == "chapter.html#myth-c001"


def test_filters_wait_for_their_script(book: Book) -> None:
    for page, names in {"errata": ["topic", "verdict"], "numbers": [], "coverage": ["topic", "state"]}.items():
        form = one(book.page(page), "form.fact-filter")
        assert form.has_attr("hidden")
        assert [select["name"] for select in form.select("select")] == names
        assert all(field.find_parent("label") for field in form.select("select, input"))
        assert form["aria-label"]


def test_style_and_script_come_from_the_site_and_only_where_needed(book: Book) -> None:
    for page in ("chapter", "errata", "numbers", "coverage"):
        text = (book.out / f"{page}.html").read_text()
        assert "_static/facts.css" in text
        assert "_static/facts.js" in text
        assert "http://" not in text.replace("http://www.w3.org", "")
    assert "_static/facts." not in (book.out / "index.html").read_text()
    assert (book.out / "_static" / "facts.js").is_file()
    assert (book.out / "_static" / "facts.css").is_file()


def test_the_coverage_links_places_and_says_what_is_coming(book: Book) -> None:
    coverage = book.page("coverage")
    first, second = one(coverage, "#item-000-01"), one(coverage, "#item-000-02")
    assert one(first, ".coverage-place").get_text() == "The chapter: How it retries"
    assert one(first, ".coverage-place a")["href"] == "chapter.html#how-it-retries"
    assert one(second, ".coverage-place").get_text() == "The chapter; more coming: Cost"
    assert [link.get_text() for link in second.select(".coverage-claims a")] == ["C002", "C003"]
    assert "2 cards; 2 treated so far." in coverage.get_text()


def test_ids_are_unique(book: Book) -> None:
    for page in ("chapter", "errata", "numbers", "coverage"):
        ids = [tag["id"] for tag in book.page(page).select("[id]")]
        assert sorted(ids) == sorted(set(ids)), page


def test_other_builders_get_the_text(tmp_path: Path) -> None:
    book = Book(tmp_path)
    result = book.build("text")
    assert result.returncode == 0, result.stderr
    text = (book.out / "chapter.txt").read_text()
    assert "At most 10,240\xa0MB, that is 10\xa0GB" in text
    assert "The guide; read on" not in text.partition("How it retries")[0]
    assert "What is so: It waits a minute." in " ".join(text.split())


def test_a_changed_fact_rebuilds_the_pages_that_use_it(tmp_path: Path, book: Book) -> None:
    # GIVEN a built book
    shutil.copytree(book.source.parent, tmp_path / "again")
    again = Book.__new__(Book)
    again.source, again.out, again.facts = (tmp_path / "again" / name for name in ("source", "html", "facts"))
    conf = again.source / "conf.py"
    conf.write_text(conf.read_text().replace(str(book.facts), str(again.facts)))
    assert again.build().returncode == 0

    # WHEN one number changes and nothing else
    again.write_facts("quotas", [QUOTAS[0] | {"value": 20480}, QUOTAS[1]])
    result = again.build()

    # THEN the pages that name it say the new one
    assert result.returncode == 0, result.stderr
    assert "20,480\xa0MB" in again.page("chapter").get_text()
    assert "20,480\xa0MB" in again.page("numbers").get_text()


@pytest.mark.parametrize(
    ("page", "text", "complaint"),
    [
        (
            "chapter.md",
            "# T\n\n{quota}`memory_maximum`\n",
            "there is no quota 'memory_maximum'; do you mean memory_max",
        ),
        ("chapter.md", "# T\n\n{quota}`memory_max, please`\n", "is not of the form name[.field]"),
        ("chapter.md", "# T\n\n:::{myth} C999\n:::\n", "there is no claim 'C999'"),
        ("chapter.md", "# T\n\n:::{myth} C002\n:::\n", "C002 is correct, so it is no myth"),
        ("chapter.md", "# T\n\n:::{myth} C003\n:::\n", "the ledger knows no run that shows C003"),
        ("chapter.md", "# T\n\nNo such section any more.\n", "names chapter#how-it-retries"),
        ("numbers.md", "# T\n\n:::{numbers}\n:::\n\n## U\n\n:::{errata}\n:::\n", "stands in errata and in numbers"),
    ],
)
def test_a_mistake_stops_the_build(tmp_path: Path, page: str, text: str, complaint: str) -> None:
    # GIVEN the small book with one mistake
    book = Book(tmp_path)
    book.write(page, text)

    # WHEN it is built
    result = book.build("dummy")

    # THEN the build fails and says what is wrong
    assert result.returncode != 0
    assert complaint in result.stderr
