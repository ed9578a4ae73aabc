"""Carry out GetFolder and FindFolder."""

from xml.etree.ElementTree import Element

from exchange_emulator.ews import elements, lookup, responses
from exchange_emulator.ews.access import Call
from exchange_emulator.mail.ids import FOLDERS

NAMES = {
    "root": "root",
    "msgfolderroot": "Top of Information Store",
    "inbox": "Inbox",
    "drafts": "Drafts",
    "sentitems": "Sent Items",
    "outbox": "Outbox",
    "deleteditems": "Deleted Items",
}


def get_folder(call: Call, operation: Element) -> str:
    def get(element: Element) -> str:
        owner, name = lookup.folder(call, element)
        return f"<m:Folders>{_folder(call, owner.address, name)}</m:Folders>"

    asked = elements.children(operation, "FolderIds")
    return responses.each("GetFolder", asked, get)


def find_folder(call: Call, operation: Element) -> str:
    is_deep = operation.attrib["Traversal"] == "Deep"

    def find(element: Element) -> str:
        owner, name = lookup.folder(call, element)
        found = [each for each in FOLDERS if _parent(each) == name]
        if is_deep and name == "root":
            found = [each for each in FOLDERS if each != "root"]
        listed = "".join(_folder(call, owner.address, each) for each in found)
        return (
            f'<m:RootFolder IndexedPagingOffset="{len(found)}" TotalItemsInView="{len(found)}"'
            f' IncludesLastItemInRange="true"><t:Folders>{listed}</t:Folders></m:RootFolder>'
        )

    return responses.each("FindFolder", elements.children(operation, "ParentFolderIds"), find)


def _parent(name: str) -> str:
    return {"root": "", "msgfolderroot": "root"}.get(name, "msgfolderroot")


def _folder(call: Call, owner: str, name: str) -> str:
    """Render all properties whatever the shape: a client may get more than it asked for."""
    boxes, parent = call.world.mailboxes, _parent(name)
    parent_id = lookup.folder_id(call, owner, parent, element="ParentFolderId") if parent else ""
    total = boxes.count(owner, where="folder = ?", values=(name,))
    unread = boxes.count(owner, where="folder = ? AND NOT is_read", values=(name,))
    inside = sum(_parent(each) == name for each in FOLDERS)
    return (
        f"<t:Folder>{lookup.folder_id(call, owner, name)}{parent_id}"
        f"<t:FolderClass>IPF.Note</t:FolderClass><t:DisplayName>{NAMES[name]}</t:DisplayName>"
        f"<t:TotalCount>{total}</t:TotalCount><t:ChildFolderCount>{inside}</t:ChildFolderCount>"
        f"<t:DistinguishedFolderId>{name}</t:DistinguishedFolderId>"
        f"<t:UnreadCount>{unread}</t:UnreadCount></t:Folder>"
    )
