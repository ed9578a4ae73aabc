"""E-mail Notifications and API keys in a real browser, also narrow and without JavaScript."""

from playwright.sync_api import expect

from tests.whole.conftest import new_context


def write_template(page, product, name):
    page.goto(f"{product.url}/notifications/emailtemplate/add/")
    page.locator("#id_name").fill(name)
    page.locator("#id_to").fill("{{ email }}")
    page.locator("#id_subject").fill("Ticket {{ ticket.number }}")
    page.locator("#id_html").fill("<p>Ticket {{ ticket.number }}: {{ note }}</p>")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name=name).first.click()


def limit_attachments(page, product):
    page.goto(f"{product.url}/settings/email/")
    page.get_by_label("Limit the total size of attachments to").check()
    page.get_by_label("megabytes").fill("1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The settings have been saved.")).to_be_visible()


def fill_in(page):
    page.get_by_label("email").fill("alex@contoso.example")
    page.get_by_label("ticket.number").fill("17")
    page.get_by_label("note").fill("all typed is kept")


def send(page):
    page.get_by_role("button", name="Show message").click()
    page.get_by_role("button", name="Send", exact=True).click()


def test_an_action_over_the_limit_is_refused_and_everything_is_kept(page, product, tmp_path):
    big, small = tmp_path / "big.bin", tmp_path / "small.txt"
    big.write_bytes(b"x" * 1_500_000)
    small.write_text("small")
    limit_attachments(page, product)
    page.get_by_role("link", name="E-mail Notifications").first.click()
    write_template(page, product, "Ticket closed")
    page.get_by_role("link", name="Run action").click()

    fill_in(page)
    page.locator("#id_files").set_input_files([big, small])
    expect(page.get_by_text("big.bin (1.4 MB)")).to_be_visible()
    send(page)

    alert = page.get_by_role("alert").filter(has_text="“Ticket 17”")
    expect(alert).to_contain_text("“Ticket 17” was not added to the queue")
    expect(alert).to_contain_text("the limit is 1.00 MB")
    expect(page.get_by_label("note")).to_have_value("all typed is kept")
    page.get_by_label("big.bin").uncheck()
    send(page)
    page.get_by_text("Queued:").get_by_role("link", name="Ticket 17").click()
    expect(page.get_by_text("alex@contoso.example").first).to_be_visible()
    expect(page.get_by_text("small.txt")).to_be_visible()


def test_an_upload_shows_how_far_it_is(page, product, tmp_path):
    big = tmp_path / "big.bin"
    big.write_bytes(b"x" * 900_000)
    write_template(page, product, "Slow line")
    page.get_by_role("link", name="Run action").click()
    fill_in(page)
    page.locator("#id_files").set_input_files([big])
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 300_000}
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.emulateNetworkConditions", slow)

    page.get_by_role("button", name="Show message").click()

    page.wait_for_function(
        """() => {
            const bar = document.querySelector("[data-progress]");
            return !bar.hidden && bar.value > 0 && bar.value < 1;
        }"""
    )
    expect(page.get_by_role("button", name="Show message")).to_be_disabled()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()


def test_files_can_be_dropped_one_after_the_other(page, product):
    write_template(page, product, "Dropped")
    page.get_by_role("link", name="Run action").click()

    for name in ("one.txt", "two.txt"):
        page.locator("[data-drop]").evaluate(
            """(place, name) => {
                const data = new DataTransfer();
                data.items.add(new File(["x"], name));
                place.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
            }""",
            name,
        )

    expect(page.locator("[data-file-list] li")).to_have_text(["one.txt (1 KB)", "two.txt (1 KB)"])


def test_without_javascript_and_on_a_narrow_screen_it_works_as_well(browser, product, tmp_path):
    context = new_context(
        browser, java_script_enabled=False, viewport={"width": 400, "height": 800}
    )
    page = context.new_page()
    page.goto(product.url)
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(product.password)
    page.get_by_role("button", name="Log in").click()
    limit_attachments(page, product)
    write_template(page, product, "Narrow")
    page.get_by_role("link", name="Run action").click()
    big = tmp_path / "big.bin"
    big.write_bytes(b"x" * 1_500_000)

    fill_in(page)
    page.locator("#id_files").set_input_files([big])
    send(page)
    refusal = page.get_by_role("alert").filter(has_text="“Ticket 17”")
    expect(refusal).to_contain_text("the limit is 1.00 MB")
    expect(page.get_by_label("note")).to_have_value("all typed is kept")
    width = page.locator("#run-action").bounding_box()["width"]
    assert width <= 400

    page.get_by_label("big.bin").uncheck()
    send(page)
    expect(page.get_by_text("Queued:")).to_be_visible()
    context.close()


def test_a_preview_runs_no_script(page, product):
    page.goto(f"{product.url}/notifications/emailtemplate/add/")
    page.locator("#id_name").fill("Script")
    page.locator("#id_html").fill("<script>parent.document.title='x'</script><b>Shown</b>")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Script").first.click()
    page.get_by_role("link", name="Preview and test").click()

    expect(page.frame_locator("iframe.mc-frame").get_by_text("Shown")).to_be_visible()
    expect(page).not_to_have_title("x")
