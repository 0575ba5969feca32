from django.db import models


class Timestamped(models.Model):
    """When a row was created and last changed, in UTC."""

    ins_datetime = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Revision(models.Model):
    """A number that grows with every change of what it names.

    Those who cache rows read this one number to learn whether to read again.
    """

    name = models.CharField(max_length=64, unique=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}@{self.value}"
