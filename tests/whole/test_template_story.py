"""A template with an image and an attachment, from nothing to a sent message, in a real browser;
what is told while it is typed, and that nothing is lost."""

import base64

from playwright.sync_api import expect

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ADD = "/notifications/emailtemplate/add/"
SAMPLE = '{"ticket": {"number": 17}, "email": "alex@contoso.example"}'


class Clicks:
    """Counts what a person clicks."""

    def __init__(self):
        self.count = 0

    def __call__(self, element):
        self.count += 1
        element.click()


def write(page, body="<p>Ticket {{ ticket.number }}</p>"):
    page.locator("#id_name").fill("Ticket closed")
    page.locator("#id_to").fill("{{ email }}")
    page.locator("#id_subject").fill("Ticket {{ ticket.number }} is closed")
    page.locator("#id_html").fill(body)
    page.locator("#id_sample_context").fill(SAMPLE)


def test_a_template_with_image_and_attachment_in_eight_clicks(page, product, tmp_path):
    logo, report = tmp_path / "logo.png", tmp_path / "report.txt"
    logo.write_bytes(PNG)
    report.write_text("report")
    click = Clicks()
    page.goto(product.url)

    click(page.get_by_role("link", name="E-mail Notifications").first)
    click(page.get_by_role("link", name="Add E-mail Notification"))
    write(page)
    frame = page.frame_locator("#template-panel iframe")
    expect(frame.get_by_text("Ticket 17")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        click(page.get_by_role("button", name="Insert image"))
    chooser.value.set_files(logo)
    expect(frame.get_by_role("img", name="logo")).to_have_js_property("naturalWidth", 1)
    click(page.get_by_role("button", name="Save", exact=True))

    click(page.get_by_role("link", name="Run: Ticket closed"))
    page.get_by_label("email").fill("alex@contoso.example")
    page.get_by_label("ticket.number").fill("18")
    page.locator("#id_files").set_input_files([report])
    click(page.get_by_role("button", name="Show message"))
    shown = page.locator("[data-shown]")
    expect(shown.get_by_text("alex@contoso.example")).to_be_visible()
    image = shown.frame_locator("iframe").get_by_role("img", name="logo")
    expect(image).to_have_js_property("naturalWidth", 1)
    click(page.get_by_role("button", name="Send", exact=True))
    click(page.get_by_text("Queued:").get_by_role("link", name="Ticket 18 is closed"))

    expect(page.get_by_text("report.txt").first).to_be_visible()
    expect(page.get_by_text("logo.png").first).to_be_visible()
    assert click.count == 8


def test_mistakes_are_told_while_they_are_typed(page, product):
    page.goto(product.url + ADD)
    write(page, body="<p>Hi</p>\n{% include 'x' %}")

    panel = page.locator("#template-panel")
    expect(panel).to_contain_text("{% include %} is not available here. Line 2, column 1.")
    expect(page.locator(".mc-editor .ace_gutter-cell.ace_error")).to_have_text("2")
    page.locator("#id_subject").fill("Ticket {{ ticket.number } is closed")
    expect(panel).to_contain_text("Subject, line 1, column 8")


def test_a_save_that_was_refused_tells_a_mistake_once_and_shows_the_subject_whole(page, product):
    page.goto(product.url + ADD)
    write(page)
    subject = page.locator("#id_subject")
    subject.fill("Ticket {% if %}\nis closed\nat last")
    assert subject.evaluate("each => each.scrollHeight <= each.clientHeight")
    assert subject.bounding_box()["width"] == page.locator("#id_name").bounding_box()["width"]

    with page.expect_response("**/unsaved/"):
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_selector("#id_subject_error")

    expect(page.locator("#id_subject_error")).to_contain_text("cannot be read")
    expect(page.locator("#template-panel")).to_contain_text("Subject: The condition")
    expect(page.locator("[data-live-mistake]")).to_have_count(0)


def test_the_editor_is_left_by_keys_and_what_it_has_is_sent(page, product):
    page.goto(product.url + ADD)
    page.locator(".mc-editor-place:has(#id_html) .ace_scroller").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("typed")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")

    expect(page.locator("#id_html")).to_have_value("typed")
    assert page.evaluate("document.activeElement.closest('.mc-editor')") is None


def test_a_double_click_saves_once(page, product):
    page.goto(product.url + ADD)
    write(page)
    page.locator("#id_name").fill("Clicked twice")
    save(page)
    page.locator("#id_subject").fill("Another subject")

    page.get_by_role("button", name="Save", exact=True).dblclick()

    expect(page.get_by_text("“Clicked twice” was changed successfully")).to_be_visible()
    expect(page.get_by_text("after you opened this page")).to_be_hidden()


def test_a_test_is_sent_with_what_is_typed(page, product):
    page.goto(product.url + ADD)
    write(page)
    page.get_by_label("Recipient of the test").fill("megan@contoso.example")
    page.get_by_role("button", name="Send test").click()

    told = page.locator("[data-test-answer]")
    expect(told.get_by_role("link", name="Ticket 17 is closed")).to_be_visible()
    expect(page.locator("#id_html")).to_have_value("<p>Ticket {{ ticket.number }}</p>")


def test_a_placeholder_is_chosen_and_the_preview_becomes_narrow(page, product):
    page.goto(product.url + ADD)
    write(page, body="")
    picker = page.get_by_label("Insert placeholder")
    expect(picker.locator("option")).to_have_count(3)
    page.get_by_label("Code editor: html").focus()
    picker.select_option("{{ ticket.number }}")
    expect(page.locator("#id_html")).to_have_value("{{ ticket.number }}")

    page.get_by_role("button", name="Narrow").click()
    width = page.locator("#template-panel iframe").evaluate("frame => frame.style.width")
    assert width == "375px"
    page.get_by_role("button", name="Text", exact=True).click()
    expect(page.locator("[data-text] pre")).to_have_text("17")


def test_placeholders_are_completed_behind_two_braces(page, product):
    page.goto(product.url + ADD)
    write(page, body="")
    expect(page.get_by_label("Insert placeholder").locator("option")).to_have_count(3)
    page.get_by_label("Code editor: html").focus()
    page.keyboard.type("Ticket {{ tick")

    offered = page.locator(".ace_autocomplete")
    expect(offered).to_contain_text("ticket.number")
    expect(offered).not_to_contain_text("email")
    page.keyboard.press("Enter")

    expect(page.locator("#id_html")).to_have_value("Ticket {{ ticket.number }}")
    expect(page.frame_locator("#template-panel iframe").get_by_text("Ticket 17")).to_be_visible()


def save(page):
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue editing", exact=True).click()
    page.get_by_text("successfully").first.wait_for()


def test_an_earlier_version_is_compared_and_restored_in_four_clicks(page, product):
    page.goto(product.url + ADD)
    write(page, body="<p>First words</p>")
    page.locator("#id_name").fill("With versions")
    save(page)
    page.locator("#id_html").fill("<p>Second words</p>")
    save(page)
    click = Clicks()

    click(page.get_by_role("link", name="History", exact=True))
    click(page.locator(".mc-version a").last)
    click(page.get_by_role("link", name="Compare with the current version"))
    expect(page.locator(".mc-diff del")).to_have_text("- <p>Second words</p>")
    expect(page.locator(".mc-diff ins")).to_have_text("+ <p>First words</p>")
    page.once("dialog", lambda dialog: dialog.accept())
    click(page.get_by_role("button", name="Restore"))

    page.get_by_text("The version was restored.").wait_for()
    expect(page.locator("#id_html")).to_have_value("<p>First words</p>")
    assert click.count == 4


def test_a_second_language_is_written_and_a_recipient_gets_it(page, product):
    page.goto(product.url + ADD)
    write(page)
    page.locator("#id_name").fill("In two languages")
    page.get_by_label("Another language").select_option("de")
    page.get_by_role("button", name="Add language").click()
    page.get_by_text("The language was added below.").wait_for()
    expect(page.locator("#id_html")).to_have_value("<p>Ticket {{ ticket.number }}</p>")
    page.locator("#id_subject_de").fill("Ticket {{ ticket.number }} ist erledigt")
    page.locator("#id_html_de").fill("<p>Vorgang {{ ticket.number }}</p>")
    frame = page.frame_locator("#template-panel iframe")
    expect(frame.get_by_text("Vorgang 17")).to_be_visible()
    page.get_by_role("button", name="Message", exact=True).press("Enter")
    expect(frame.get_by_text("Ticket 17")).to_be_visible()
    page.get_by_role("button", name="German", exact=True).press("Enter")
    expect(frame.get_by_text("Vorgang 17")).to_be_visible()
    save(page)

    page.get_by_role("link", name="Run action").click()
    page.get_by_label("email").fill("alex@contoso.example")
    page.get_by_label("ticket.number").fill("18")
    page.get_by_label("Language").select_option("de")
    page.get_by_role("button", name="Show message").click()
    page.get_by_role("button", name="Send", exact=True).click()

    queued = page.get_by_text("Queued:").get_by_role("link")
    expect(queued).to_have_text("Ticket 18 ist erledigt")


def test_a_layout_stands_around_each_message_that_uses_it(page, product):
    page.goto(product.url + "/notifications/emailtemplate/")
    page.get_by_role("link", name="Layouts").click()
    page.get_by_role("link", name="New layout").first.click()
    page.locator("#id_name").fill("Corporate")
    page.locator("#id_html").fill("<p>Service desk</p>{{ content }}<p>Legal line</p>")
    frame = page.frame_locator("#template-panel iframe")
    expect(frame.get_by_text("Legal line")).to_be_visible()
    save(page)

    page.goto(product.url + ADD)
    write(page)
    page.locator("#id_name").fill("With a layout")
    page.get_by_label("Layout").select_option("Corporate")
    expect(frame.get_by_text("Ticket 17")).to_be_visible()
    expect(frame.get_by_text("Legal line")).to_be_visible()
    save(page)
    expect(frame.get_by_text("Service desk")).to_be_visible()


def test_a_duplicate_has_the_texts_and_another_name(page, product):
    page.goto(product.url + ADD)
    write(page)
    page.locator("#id_name").fill("To be copied")
    save(page)

    page.get_by_role("link", name="Duplicate").click()
    expect(page.locator("#id_html")).to_have_value("<p>Ticket {{ ticket.number }}</p>")
    expect(page.locator("#id_subject")).to_have_value("Ticket {{ ticket.number }} is closed")
    expect(page.locator("#id_name")).not_to_have_value("To be copied")
    save(page)

    page.goto(product.url + "/notifications/emailtemplate/?q=copied")
    expect(page.locator("#result_list tbody")).to_have_count(2)
