"""How the rows of access_table.py say who is answered what."""

# The words are answers to a request: "login" is a redirect to the login page, "moved" is one to
# another page.
ROLES = ("anonymous", "no rights", "Auditor", "Operator", "Administrator")
ONLY_LOGGED_IN = "login 200 200 200 200"
NOBODY = "login 403 403 403 403"
READERS = "login 403 200 200 200"
ADMINISTRATOR = "login 403 403 403 200"
AUDITED = "login 403 200 403 200"  # the Operator has nothing to do with it
OPERATORS = "login 403 403 200 200"
POSTED_BY_OPERATOR = "login 403 403 moved moved"
POSTED_BY_ADMINISTRATOR = "login 403 403 403 moved"
WRONG_METHOD = "login 405 405 405 405"
MISSING = "login 404 404 404 404"
MOVED = "login moved moved moved moved"
API_KEY_ONLY = "401 401 401 401 401"
PUBLIC = "200 200 200 200 200"


def model_rows(model, label, *, see, history=None, change=None, add=NOBODY, delete=NOBODY):
    """Django's own views of a model: see GET of list and page; the others as POST."""
    base, one = f"/{label.replace('_', '/')}/", f"/{label.replace('_', '/')}/{{{model}}}/"
    return {
        f"admin:{label}_changelist": (base, see, see),
        f"admin:{label}_add": (f"{base}add/", add, add),
        f"admin:{label}_history": (f"{one}history/", history or see, history or see),
        f"admin:{label}_delete": (f"{one}delete/", delete, delete.replace("200", "moved")),
        f"admin:{label}_change": (f"{one}change/", see, change or NOBODY),
        f"admin:{base[1:]}<path:object_id>/": (one, MOVED, MOVED),
    }
