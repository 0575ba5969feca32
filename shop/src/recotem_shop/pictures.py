"""A small picture for an article, drawn from what it is called."""

from hashlib import blake2b
from html import escape

_SIZE = 96


def picture(item_id: str, title: str, category: str) -> str:
    """A square SVG tile: the category's colour, a pattern of the article's own.

    The same words give the same picture.
    """
    hue = _bytes(category)[0] * 360 // 256
    first, second, turn, radius, *places = _bytes(item_id)
    shapes = "".join(
        f'<circle cx="{x % _SIZE}" cy="{y % _SIZE}" r="{10 + radius % 14 + i * 5}" '
        f'fill="hsl({hue + 20 * i},70%,{62 + 7 * i}%)" fill-opacity=".55"/>'
        for i, (x, y) in enumerate(zip(places[:3], places[3:6], strict=True))
    )
    letters = "".join(word[0] for word in title.split()[:2] if word[0].isalnum())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}">'
        f'<rect width="{_SIZE}" height="{_SIZE}" fill="hsl({hue},55%,40%)"/>'
        f'<rect width="{_SIZE}" height="{20 + first % 40}" y="{second % 60}" '
        f'fill="hsl({hue + 25},60%,48%)" '
        f'transform="rotate({turn * 180 // 256} {_SIZE // 2} {_SIZE // 2})"/>'
        f"{shapes}"
        f'<text x="50%" y="50%" dy=".35em" text-anchor="middle" fill="#fff" '
        'font-family="sans-serif" font-size="30" font-weight="600">'
        f"{escape(letters.upper())}</text></svg>"
    )


def _bytes(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=10).digest()
