"""Frame every HTML page, and give the one way to put text into it."""

from html import escape

from starlette.responses import HTMLResponse

STYLE = """
:root{color-scheme:light dark;--ink:#1b1b1f;--soft:#5b5e66;--line:#d9dbe0;--back:#f4f5f7;
--card:#fff;--accent:#0f5ea8}
@media(prefers-color-scheme:dark){:root{--ink:#ececf0;--soft:#a7aab3;--line:#3a3d45;
--back:#17181c;--card:#212329;--accent:#6cb4f5}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:64rem;margin:0 auto;padding:2rem 1rem}
main.narrow{max-width:28rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1.75rem}
h1{font-size:1.5rem;margin:0 0 .75rem}h2{font-size:1.1rem}
p{margin:.5rem 0}.soft{color:var(--soft)}.small{font-size:.875rem}
a{color:var(--accent)}
button{font:inherit;cursor:pointer;border:1px solid var(--line);border-radius:6px;
background:var(--card);color:inherit;padding:.5rem 1.25rem}
button:hover,button:focus-visible{border-color:var(--accent)}
button.main{background:var(--accent);border-color:var(--accent);color:var(--card)}
button.account{display:block;width:100%;text-align:left;margin:.5rem 0;padding:.75rem 1rem}
button.account span{display:block}
ul.plain{list-style:none;padding:0}ul.permissions li{margin:.4rem 0}
table{width:100%;border-collapse:collapse}
th,td{text-align:left;padding:.5rem .75rem;border-bottom:1px solid var(--line);
vertical-align:top;overflow-wrap:anywhere}
th{font-weight:600}tr.unread a{font-weight:600}time{white-space:nowrap}
nav.tabs{display:flex;gap:1rem;flex-wrap:wrap;border-bottom:1px solid var(--line);
margin:1rem 0;padding-bottom:.5rem}
nav.tabs a[aria-current]{font-weight:600;color:inherit;text-decoration:none}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.8125rem}
iframe{width:100%;height:32rem;border:1px solid var(--line);border-radius:6px;background:#fff}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.actions{display:flex;gap:.75rem;justify-content:flex-end;margin-top:1.5rem}
"""

e = escape


def page(title: str, content: str, *, narrow: bool = False, status: int = 200) -> HTMLResponse:
    """Frame `content`, which is HTML; whoever builds it escapes what came from outside."""
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{e(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        # Browsers would ask for an icon and log a 404, if it were not named as empty.
        '<link rel="icon" href="data:,">'
        f"<style>{STYLE}</style></head><body>"
        f'<main class="{"narrow" if narrow else "wide"}">{content}</main></body></html>',
        status_code=status,
    )
