"""What an outline says where no rule's test would notice."""

from __future__ import annotations

from rules.engine.syntax.outline import is_known, outline


def test_a_language_without_a_table_has_no_outline() -> None:
    assert outline("src/tax.cobol", b"MOVE 1 TO RATE.\n") is None
    assert not is_known("src/tax.cobol")


def test_what_follows_the_word_private_is_not_for_others_in_ruby() -> None:
    text = b"class Tax\n  def rate; end\n  private\n  def cents; end\n  protected\n  def more; end\nend\n"

    found = outline("lib/tax.rb", text)

    assert found is not None
    assert found.definitions == {"Tax", "Tax.rate"}
