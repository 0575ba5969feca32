from . import env

__all__ = ["WEBHOOK_PRIVATE_NETWORKS"]

#: Addresses that are not public are asked in these networks only.
WEBHOOK_PRIVATE_NETWORKS = env.networks("RECOTEM_WEBHOOK_PRIVATE_NETWORKS")
