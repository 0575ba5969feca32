from . import env

__all__ = ["NUM_PROXIES", "REST_FRAMEWORK", "SPECTACULAR_SETTINGS", "THROTTLE_RATES"]

#: Proxies before us whose X-Forwarded-For is believed; 0 believes none.
NUM_PROXIES = env.number("NUM_PROXIES", 0)

THROTTLE_RATES = {
    "anon": env.rate("THROTTLE_ANON_RATE", "20/min"),
    "user": env.rate("THROTTLE_USER_RATE", "100/min"),
    "login": env.rate("THROTTLE_LOGIN_RATE", "5/min"),
    "recommendation": env.rate("THROTTLE_RECOMMENDATION_RATE", "30/min"),
    "slow_key": "10/min",
}

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "recotem.api.schema.Schema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["recotem.core.parsers.StrictJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "recotem.keys.authentication.ApiKeyAuthentication",
        "recotem.accounts.authentication.BearerAuthentication",
        "recotem.accounts.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["recotem.core.permissions.IsAllowed"],
    "DEFAULT_PAGINATION_CLASS": "recotem.core.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": ["recotem.core.filters.ResourceFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": [
        "recotem.core.throttling.AnonymousThrottle",
        "recotem.core.throttling.CallerThrottle",
    ],
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "recotem.core.exception_handler.handle",
    "NUM_PROXIES": NUM_PROXIES,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Recotem",
    "DESCRIPTION": "Build, deploy and compare recommenders.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": ["recotem.api.schema.only_versioned"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "recotem.api.schema.complete_answers",
    ],
    "ENUM_NAME_OVERRIDES": {
        "JobStatus": "recotem.jobs.models.JobStatus",
        "DataStatus": "recotem.datasets.models.DataStatus",
        "ModelStatus": "recotem.training.models.TrainedModel.Status",
        "SplitScheme": "recotem.tuning.models.SplitConfig.Scheme",
        "TargetMetric": "recotem.tuning.models.EvaluationConfig.Metric",
        "TrialState": "recotem.tuning.models.Trial.State",
        "AttemptStatus": "recotem.jobs.models.JobAttempt.Status",
        "Role": "recotem.projects.models.Membership.Role",
        "AuditAction": "recotem.core.models.AuditEntry.Action",
        "ABTestStatus": "recotem.experiments.models.ABTest.Status",
        "ABTestMetric": "recotem.experiments.models.ABTest.Metric",
        "ABTestState": "recotem.experiments.analysis.verdicts.State",
        "ABTestRatio": "recotem.experiments.results.RATIO_NAMES",
        "GuardrailName": "recotem.experiments.guardrails.NAMES",
        "Attribution": "recotem.experiments.models.ABTest.Attribution",
        "EventType": "recotem.experiments.models.ConversionEvent.EventType",
        "TriggeredStatus": ["triggered"],
        "RunStatus": "recotem.retraining.models.RunStatus",
        "WebhookEvent": "recotem.retraining.serializers.EVENTS",
        "DeliveryEvent": "recotem.retraining.models.WebhookEvent",
        "DeliveryStatus": "recotem.retraining.models.DeliveryStatus",
        "DeploymentReason": "recotem.deployment.models.Deployment.Reason",
        "DeploymentStatus": "recotem.retraining.models.RetrainingRun.DeploymentStatus",
        "Verdict": "recotem.deployment.serializers.VERDICTS",
        "WhenUnsure": "recotem_engine.gate.WHEN_UNSURE",
        "Scope": "recotem.keys.serializers.SCOPES",
        "ParameterType": ["bool", "int", "float", "str"],
    },
}
