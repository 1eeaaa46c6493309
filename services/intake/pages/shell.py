"""What all public pages have in common: the frame, the style, and headers that let nothing else run."""

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Final

from fastapi.responses import HTMLResponse

from services.intake.settings import IntakeSettings

_STYLE: Final = """
body { font: 1.125rem/1.6 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; max-width: 34rem; margin: 2rem auto;
       padding: 0 1rem; color: #1a1a1a; background: #fff }
body.wide { max-width: 52rem }
label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit }
input { padding: .5rem; margin: .25rem 0 1rem; border: 1px solid #595959; border-radius: 4px }
button { padding: .6rem; border: 0; border-radius: 4px; color: #fff; background: #0b4f8a }
a { color: #0b4f8a } h2 { font-size: 1.25rem; border-bottom: 1px solid #b3b3b3; margin: 2rem 0 .5rem }
dl { display: grid; grid-template-columns: 8rem 1fr; gap: .25rem 1rem } dt { color: #595959 } dd { margin: 0 }
table { border-collapse: collapse; width: 100% } th, td { border: 1px solid #b3b3b3; padding: .35rem .5rem;
       text-align: left; vertical-align: top } th { background: #f2f5f8 } caption { text-align: left; color: #595959 }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .5rem }
nav a { display: block; padding: .25rem .75rem; border: 1px solid #0b4f8a; border-radius: 4px; text-decoration: none }
nav a[aria-current], nav a[aria-current] small { color: #fff; background: #0b4f8a }
nav p a { display: inline; border: 0; padding: 0 }
[role=alert] { border-left: 6px solid #b00020; padding: .5rem 1rem; background: #fdeef0 }
.said { border-left: 6px solid #0b4f8a; padding: .5rem 1rem; background: #eef5fb; font-size: 1.25rem }
small { color: #595959 }
@media print { nav, form { display: none } body { margin: 0; max-width: none; font-size: 11pt } }
"""

_PAGE: Final = """<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="{robots}"><title>{title} · {bureau}</title><style>{style}</style></head>
<body class="{width}"><main><h1>{title} <small lang="en">{title_en}</small></h1>
{content}
<p><small>{bureau} · {hall} · {hours} · {phone}</small></p></main></body></html>
"""

_POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)


def page(
    office: IntakeSettings,
    content: str,
    *,
    title: tuple[str, str],
    status: int = HTTPStatus.OK,
    is_public: bool = False,
) -> HTMLResponse:
    """A whole page around `content`, which is HTML; the title, in Chinese and English, is text.

    One that `is_public` may be kept by caches and found by search engines.
    """
    texts = {"bureau": office.bureau_name, "hall": office.hall_address, "hours": office.hall_hours}
    texts |= {"phone": office.inquiry_phone, "title": title[0], "title_en": title[1]}
    texts |= {"robots": "all", "width": "wide"} if is_public else {"robots": "noindex", "width": ""}
    escaped = {name: html.escape(text, quote=True) for name, text in texts.items()}
    headers = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"}
    headers["Cache-Control"] = "public, max-age=300" if is_public and status == HTTPStatus.OK else "no-store"
    filled = _PAGE.format(**escaped, style=_STYLE, content=content)
    return HTMLResponse(filled, status_code=status, headers=headers)


def both(zh: str, en: str) -> str:
    """A text in Chinese, with the English behind it, as HTML."""
    return f'{html.escape(zh)} <small lang="en">{html.escape(en)}</small>'


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells of `rows` are HTML."""
    titles = "".join(f'<th scope="col">{html.escape(each)}</th>' for each in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{f'<thead><tr>{titles}</tr></thead>' if titles else ''}<tbody>{body}</tbody></table>"
