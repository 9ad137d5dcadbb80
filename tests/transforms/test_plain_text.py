"""Texts of publishers lose what controls how they are shown, and keep everything else."""

from __future__ import annotations

from transforms import plain_text
from transforms.plain_text import plain_lines


def test_no_character_that_is_left_out_is_in_a_text_that_is_taken_as_it_is() -> None:
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    left_out = {each for each in every if plain_text._INVISIBLE.match(each)}
    replaced = {each for each in every if plain_text._CONTROLS_IN_A_LINE.match(each)}
    assert len(left_out) > 150
    assert len(replaced) == 65
    assert [each for each in left_out if plain_lines(f"a{each}b") != "ab"] == []
    assert [each for each in replaced if plain_lines(f"a{each}b") != "a b"] == []
    others = "".join(each for each in every if each not in left_out | replaced)
    assert plain_lines(others) == others


def test_line_breaks_tabs_and_fixed_spaces_stay() -> None:
    assert plain_lines("a\n\tb\u00a0c\u200b\r") == "a\n\tb\u00a0c "
