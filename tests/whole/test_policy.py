"""Every page in a browser: nothing on it is stopped by the Content-Security-Policy."""

from tests.whole import pages, situations


def test_no_page_has_anything_that_the_policy_stops(product, context):
    page = context.new_page()
    situations.log_in(page, product)
    rows = pages.make_rows(product)
    page.on("response", lambda r: problems.append(r.url) if r.status >= 400 else None)

    found = {}
    with pages.complaints(page) as problems:
        for name, path in pages.PAGES.items():
            problems.clear()
            page.goto(product.url + path.format(**rows))
            page.wait_for_load_state("networkidle")
            if page.locator("script:not([src])").count():
                problems.append("an inline script")
            if problems:
                found[name] = [*problems]

    assert len(pages.PAGES) > 30
    assert found == {}
