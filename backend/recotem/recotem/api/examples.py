"""What requests and answers look like, by the names of their schemas."""

from typing import Any

_WHEN = "2026-03-01T09:30:00Z"
_PROJECT = {
    "name": "Book shop",
    "user_column": "reader",
    "item_column": "book",
    "time_column": "taken_at",
}
_SEARCH = {
    "data": 1,
    "split": 1,
    "evaluation": 1,
    "n_trials": 40,
    "n_tasks_parallel": 2,
    "memory_budget": 8000,
    "timeout_overall": 3600,
    "tried_algorithms_json": ["IALS", "RP3beta", "TopPop"],
}
_KEY = {"project": 1, "name": "shop front", "scopes": ["read", "predict"]}
_EVENT = {
    "project": 1,
    "deployment_slot": 1,
    "user_id": "reader-17",
    "item_id": "book-4",
    "event_type": "click",
    "recommendation_request_id": "6f1c1e6e-8a55-4f0c-9f0f-1b7f6f6e2a10",
}
_WEBHOOK = {
    "project": 1,
    "url": "https://example.org/recotem",
    "events": ["run_failed", "run_completed"],
    "is_active": True,
}
_BEST = [{"item_id": "book-4", "score": 0.82}, {"item_id": "book-9", "score": 0.41}]

EXAMPLES: dict[str, Any] = {
    "LoginRequest": {"username": "ann", "password": "correct horse battery"},
    "ProjectRequest": _PROJECT,
    "Project": {
        "id": 1,
        **_PROJECT,
        "owner": 1,
        "role": "owner",
        "exposure_sampling": 0.0,
        "ins_datetime": _WHEN,
        "updated_at": _WHEN,
    },
    "NewMemberRequest": {"username": "ben", "role": "editor"},
    "SplitConfigRequest": {"name": "newest", "scheme": "TU", "heldout_ratio": 0.1},
    "EvaluationConfigRequest": {"cutoff": 20, "target_metric": "ndcg"},
    "ParameterTuningJobRequest": _SEARCH,
    "ModelConfigurationRequest": {
        "project": 1,
        "name": "wide IALS",
        "recommender_class_name": "IALSRecommender",
        "parameters_json": {"n_components": 64},
    },
    "TrainedModelRequest": {"configuration": 1, "data_loc": 1},
    "ProfileRequest": {"item_ids": ["book-1", "book-2"], "cutoff": 2},
    "Recommendations": {"recommendations": _BEST},
    "DeploymentSlotRequest": {
        "project": 1,
        "name": "front page",
        "trained_model": 1,
        "weight": 100,
    },
    "GateReviewRequest": {"project": 1, "slot": 1, "trained_model": 2},
    "OverrideRequest": {"reason": "It knows the items of the new season."},
    "ApiKeyRequest": _KEY,
    "NewApiKey": {
        "id": 1,
        **_KEY,
        "key_prefix": "Xb3k9QpZ",
        "is_active": True,
        "expires_at": None,
        "last_used_at": None,
        "ins_datetime": _WHEN,
        "key": "rctm_Xb3k9QpZ…",
    },
    "WebhookRequest": _WEBHOOK,
    "NewWebhook": {
        "id": 1,
        **_WEBHOOK,
        "last_status": None,
        "last_error": "",
        "last_attempt_at": None,
        "ins_datetime": _WHEN,
        "updated_at": _WHEN,
        "secret": "rctm_hook_6b1f…",
    },
    "ConversionEventRequest": _EVENT,
    "EventBatchRequest": {"events": [_EVENT]},
    "CreatedEvents": {"created": 1},
}
