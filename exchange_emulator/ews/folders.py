"""Carry out GetFolder and FindFolder."""

from xml.etree.ElementTree import Element

from exchange_emulator.ews import elements, lookup, responses
from exchange_emulator.ews.access import Call
from exchange_emulator.mail.ids import FOLDERS

_MAIL = ("Folder", "IPF.Note")
# Each folder maps to its name for people, its element and its class.
_KINDS = {
    "root": ("root", *_MAIL),
    "msgfolderroot": ("Top of Information Store", *_MAIL),
    "inbox": ("Inbox", *_MAIL),
    "drafts": ("Drafts", *_MAIL),
    "sentitems": ("Sent Items", *_MAIL),
    "outbox": ("Outbox", *_MAIL),
    "deleteditems": ("Deleted Items", *_MAIL),
    "junkemail": ("Junk Email", *_MAIL),
    "calendar": ("Calendar", "CalendarFolder", "IPF.Appointment"),
    "contacts": ("Contacts", "ContactsFolder", "IPF.Contact"),
    "tasks": ("Tasks", "TasksFolder", "IPF.Task"),
    "notes": ("Notes", "Folder", "IPF.StickyNote"),
    "journal": ("Journal", "Folder", "IPF.Journal"),
}
_WITHOUT_UNREAD = ("CalendarFolder", "ContactsFolder")
RIGHTS = (
    "<t:EffectiveRights><t:CreateAssociated>{0}</t:CreateAssociated>"
    "<t:CreateContents>{0}</t:CreateContents><t:CreateHierarchy>{0}</t:CreateHierarchy>"
    "<t:Delete>true</t:Delete><t:Modify>true</t:Modify><t:Read>true</t:Read></t:EffectiveRights>"
)


def get_folder(call: Call, operation: Element) -> str:
    def get(element: Element) -> str:
        owner, name = lookup.folder(call, element)
        return f"<m:Folders>{_folder(call, owner.address, name, is_named=True)}</m:Folders>"

    asked = elements.children(operation, "FolderIds")
    return responses.each("GetFolder", asked, get)


def find_folder(call: Call, operation: Element) -> str:
    # A list tells the well-known names only to whoever asks for them.
    asked = operation.findall(".//{*}FieldURI[@FieldURI='folder:DistinguishedFolderId']")
    is_deep = operation.attrib["Traversal"] == "Deep"

    def find(element: Element) -> str:
        owner, name = lookup.folder(call, element)
        found = [each for each in FOLDERS if _parent(each) == name]
        if is_deep and name == "root":
            found = [each for each in FOLDERS if each != "root"]
        listed = "".join(_folder(call, owner.address, each, is_named=bool(asked)) for each in found)
        return (
            f'<m:RootFolder IndexedPagingOffset="{len(found)}" TotalItemsInView="{len(found)}"'
            f' IncludesLastItemInRange="true"><t:Folders>{listed}</t:Folders></m:RootFolder>'
        )

    return responses.each("FindFolder", elements.children(operation, "ParentFolderIds"), find)


def _parent(name: str) -> str:
    return {"root": "", "msgfolderroot": "root"}.get(name, "msgfolderroot")


def _folder(call: Call, owner: str, name: str, *, is_named: bool) -> str:
    """Render all properties whatever the shape: a client may get more than it asked for."""
    boxes, parent = call.world.mailboxes, _parent(name)
    parent_id = lookup.folder_id(call, owner, parent, element="ParentFolderId") if parent else ""
    total = boxes.count(owner, where="folder = ?", values=(name,))
    unread = boxes.count(owner, where="folder = ? AND NOT is_read", values=(name,))
    inside = sum(_parent(each) == name for each in FOLDERS)
    shown, element, kind = _KINDS[name]
    named = f"<t:DistinguishedFolderId>{name}</t:DistinguishedFolderId>" if is_named else ""
    count = "" if element in _WITHOUT_UNREAD else f"<t:UnreadCount>{unread}</t:UnreadCount>"
    return (
        f"<t:{element}>{lookup.folder_id(call, owner, name)}{parent_id}"
        f"<t:FolderClass>{kind}</t:FolderClass><t:DisplayName>{shown}</t:DisplayName>"
        f"<t:TotalCount>{total}</t:TotalCount><t:ChildFolderCount>{inside}</t:ChildFolderCount>"
        f"{RIGHTS.format('true')}{named}{count}</t:{element}>"
    )
