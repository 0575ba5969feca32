from recotem.core.errors import Conflict, NotFound


class FileGone(NotFound):
    """The row is there, its file is not."""

    code = "file_gone"
    message = "The file of this entry was removed."


class DataInUse(Conflict):
    """Running work reads the file."""

    code = "data_in_use"
    message = "A running job reads this data. Wait for it or cancel it first."


class ProjectChanged(Conflict):
    """The columns that the file was read with are not the project's any more."""

    code = "project_changed"
    message = "The project changed during the upload. Upload the file again."


class DataChanged(Conflict):
    """What the rows were to be appended to is not the newest version any more."""

    code = "data_changed"
    message = "The data changed during the upload. Append the file again."
