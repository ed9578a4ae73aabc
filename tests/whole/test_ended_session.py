"""A session that ends while somebody types loses nothing of it, in a real browser."""

from playwright.sync_api import expect

from tests.whole import situations
from tests.whole.test_template_story import PNG


def log_in_in_another_tab(page, product):
    other = page.context.new_page()
    situations.log_in(other, product)
    expect(other.get_by_role("heading", name="Latest entries")).to_be_visible()


def test_what_was_typed_and_chosen_is_saved_after_a_login_in_another_tab(page, product, tmp_path):
    logo, alerts = tmp_path / "logo.png", []
    logo.write_bytes(PNG)
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.accept()))
    page.goto(f"{product.url}/notifications/emailtemplate/add/")
    page.locator("#id_name").fill("Typed for long")
    page.locator("#id_subject").fill("Subject")
    page.locator("#id_html").fill("<p>Hello</p>")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Insert image").click()
    chooser.value.set_files(logo)
    page.context.clear_cookies(name="mailconnector_session")

    with page.expect_event("dialog"):
        page.get_by_role("button", name="Save", exact=True).click()
    log_in_in_another_tab(page, product)
    page.get_by_role("button", name="Save and continue editing").click()

    expect(page.get_by_text("“Typed for long” was added successfully")).to_be_visible()
    image = page.frame_locator("#template-panel iframe").get_by_role("img", name="logo")
    expect(image).to_have_js_property("naturalWidth", 1)
    assert alerts == [
        "You're logged out. Log in in another tab, then try again here; what you typed is "
        "still here."
    ]


def test_the_test_dialog_says_so_and_the_settings_can_be_saved_then(page, product):
    situations.SITUATIONS["settings, saved"](page, product.url)
    page.get_by_label("'From' e-mail address").fill("kept@contoso.example")
    page.context.clear_cookies(name="mailconnector_session")
    page.get_by_role("button", name="Test Settings").click()
    dialog = page.get_by_role("dialog", name="Send Test Message")
    dialog.get_by_label("Recipient").fill("alex@contoso.example")
    dialog.get_by_role("button", name="OK").click()
    expect(dialog.get_by_text("You're logged out.")).to_be_visible()

    log_in_in_another_tab(page, product)
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("The settings have been saved.")).to_be_visible()
    expect(page.get_by_label("'From' e-mail address")).to_have_value("kept@contoso.example")
