from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from recotem.core.audit import all_entries
from recotem.core.health import check_health
from recotem.core.permissions import IsStaff
from recotem.core.serializers import AuditEntrySerializer


class PingSerializer(serializers.Serializer):
    success = serializers.BooleanField()


class HealthSerializer(serializers.Serializer):
    status = serializers.CharField()
    database = serializers.CharField()
    broker = serializers.CharField()
    storage = serializers.CharField()


class ProbeView(APIView):
    """Asked often, by machines, without a sign-in."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()


class PingView(ProbeView):
    @extend_schema(responses={200: PingSerializer})
    def get(self, request: Request) -> Response:
        """The web process answers."""
        return Response({"success": True})


class HealthView(ProbeView):
    @extend_schema(responses={200: HealthSerializer, 503: HealthSerializer})
    def get(self, request: Request) -> Response:
        """Whether database, broker and storage work; 503 when one does not."""
        found = check_health()
        well = all(state == "ok" for state in found.values())
        return Response(
            {"status": "ok" if well else "unavailable", **found},
            status=status.HTTP_200_OK if well else status.HTTP_503_SERVICE_UNAVAILABLE,
        )


class AuditLogViewSet(mixins.ListModelMixin, GenericViewSet):
    """Who did what in the whole installation, newest first, for staff."""

    queryset = all_entries()
    permission_classes = (IsStaff,)
    serializer_class = AuditEntrySerializer
    filterset_fields = ("project", "kind", "action", "actor")
    keys_allowed = False
