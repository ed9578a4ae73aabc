"""The Notification Queue in a real browser: stop it, decide about what waits, watch it."""

import pytest
from playwright.sync_api import expect

from tests.whole.conftest import new_context

REFRESH = 10_500  # milliseconds: a little more than the page waits


@pytest.fixture(autouse=True)
def nothing_waits(product):
    yield
    product.manage("shell", "--verbosity=0", "--command", _EMPTY)


_EMPTY = (
    "from notifications import outbox; from notifications.models import Notification;"
    "outbox.resume(by='test'); outbox.cancel(Notification.objects.all())"
)


def enqueue(product, *subjects, **statuses):
    """Notifications that wait, unless they do so already; those of `statuses` get a status that
    only a worker gives."""
    everything = (*subjects, *statuses)
    command = (
        "from notifications import outbox; from notifications.models import Notification;"
        f"[outbox.enqueue(outbox.NewNotification(to='a@contoso.example', subject=s, text='x'),"
        f" initiator='test') for s in {everything!r}"
        " if not Notification.objects.in_queue().filter(subject=s).exists()];"
        f"[Notification.objects.in_queue().filter(subject=s).update(status=status)"
        f" for s, status in {statuses!r}.items()]"
    )
    status, printed = product.manage("shell", "--verbosity=0", "--command", command)
    assert status == 0, printed


def open_queue(page):
    page.get_by_role("link", name="Notification Queue").first.click()
    expect(page.locator("#queue-updated")).to_be_visible()


def pause(page):
    open_queue(page)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()


def row(page, subject):
    return page.locator("#result_list tbody", has_text=subject)


def tick(page, *subjects):
    for subject in subjects:
        row(page, subject).get_by_role("checkbox").check()


def run(page, action):
    page.locator("#changelist-actions").get_by_role("button", name=action, exact=True).click()


def test_a_paused_queue_shows_who_paused_it_and_goes_on_after_resume(page, product):
    pause(page)

    expect(page.get_by_text("The queue was paused by admin.")).to_be_visible()

    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_text("The queue was paused by admin.")).to_have_count(0)


def test_several_are_sent_now_deleted_and_marked_as_sent(page, product):
    pause(page)
    enqueue(product, "Four", "Five", One="failed", Two="failed", Three="unconfirmed")
    page.reload()

    tick(page, "One", "Two")
    bar = page.locator("#changelist-actions")
    expect(bar.get_by_role("button")).to_have_text(["Retry", "Delete"])
    run(page, "Retry")
    expect(
        page.get_by_text("2 notifications will be sent as soon as mail can leave")
    ).to_be_visible()

    tick(page, "Three")
    page.once("dialog", lambda dialog: dialog.dismiss())
    run(page, "Send again")
    expect(row(page, "Three")).to_contain_text("May have been sent")
    run(page, "Mark as sent")
    expect(page.get_by_text("1 notification was marked as sent.")).to_be_visible()
    expect(row(page, "Three")).to_have_count(0)

    page.on("dialog", lambda dialog: dialog.accept())
    tick(page, "Four")
    run(page, "Delete")
    expect(page.get_by_text("1 notification was deleted.")).to_be_visible()
    expect(row(page, "Four")).to_have_count(0)
    expect(row(page, "Five")).to_have_count(1)


def test_all_that_failed_are_retried_after_a_question(page, product):
    pause(page)
    enqueue(product, "Three", One="failed", Two="failed")
    page.reload()

    page.get_by_role("link", name="Retry these 2").click()
    expect(page.get_by_text("Retry: 2 notifications")).to_be_visible()
    page.get_by_role("button", name="Retry").click()

    expect(
        page.get_by_text("2 notifications will be sent as soon as mail can leave")
    ).to_be_visible()
    expect(page.get_by_role("link", name="Retry these")).to_have_count(0)


def test_all_that_wait_are_deleted_from_the_paused_queue_after_a_question(page, product):
    pause(page)
    enqueue(product, "One", "Two")
    page.reload()
    expect(page.get_by_text("2 waiting")).to_be_visible()

    page.get_by_text("Delete…").click()
    page.get_by_role("button", name="Delete older than").click()
    expect(page.get_by_text("There is nothing to do")).to_be_visible()
    page.get_by_role("link", name="Cancel").click()

    expect(row(page, "One")).to_have_count(0)  # the filter is still on: older than a day
    open_queue(page)
    expect(row(page, "One")).to_have_count(1)


def test_a_refresh_keeps_ticks_focus_and_place_and_shows_what_is_new(page, product):
    pause(page)
    enqueue(product, *(f"Ticket {number}" for number in range(1, 13)))
    page.clock.install()
    page.reload()
    tick(page, "Ticket 3", "Ticket 12")
    link = row(page, "Ticket 2").get_by_role("link", name="Ticket 2")
    link.focus()
    page.evaluate("scrollTo(0, 200)")
    place = page.evaluate("scrollY")
    enqueue(product, "Ticket 13", **{"Ticket 3": "failed", "Ticket 1": "cancelled"})

    page.clock.run_for(REFRESH)

    expect(row(page, "Ticket 13")).to_have_count(1)
    expect(row(page, "Ticket 3")).to_contain_text("Failed")
    expect(page.locator("#result_list input.action-select:checked")).to_have_count(2)
    expect(row(page, "Ticket 12").get_by_role("checkbox")).to_be_checked()
    expect(row(page, "Ticket 3").get_by_role("checkbox")).to_be_checked()
    expect(link).to_be_focused()
    assert page.evaluate("scrollY") == place
    expect(page.locator("#queue-pages")).to_contain_text("12 notifications")

    tick(page, "Ticket 13")
    expect(page.locator("span.action-counter")).to_have_text("3 of 12 selected")


def test_an_open_list_of_choices_is_not_disturbed(page, product):
    pause(page)
    enqueue(product, "One")
    page.clock.install()
    page.reload()
    page.get_by_text("Delete…").click()
    page.get_by_label("Older than", exact=True).focus()
    enqueue(product, "Two")

    page.clock.run_for(REFRESH)
    expect(row(page, "Two")).to_have_count(0)

    page.get_by_label("Older than", exact=True).blur()
    page.clock.run_for(REFRESH)
    expect(row(page, "Two")).to_have_count(1)


def test_the_page_says_when_it_could_not_be_refreshed(page, product):
    open_queue(page)
    page.clock.install()
    page.reload()
    page.route("**/notifications/notification/", lambda route: route.abort())

    page.clock.run_for(REFRESH)

    expect(page.get_by_text("Not updated since")).to_be_visible()
    page.unroute("**/notifications/notification/")
    page.clock.run_for(REFRESH)
    expect(page.get_by_text("Updated ", exact=False).first).to_be_visible()


def test_the_queue_is_used_without_javascript(browser, product):
    enqueue(product, "One")
    context = new_context(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{product.url}/notifications/notification/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(product.password)
    page.get_by_role("button", name="Log in").click()

    tick(page, "One")
    run(page, "Delete")

    expect(page.get_by_text("1 notification was deleted.")).to_be_visible()
    context.close()
