from recotem.core.errors import Conflict


class ColumnsLocked(Conflict):
    code = "columns_locked"
    message = "The columns cannot be changed once data has been uploaded."
