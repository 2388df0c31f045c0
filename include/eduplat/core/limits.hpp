#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every bound on input, in one place. Lengths of text are in bytes of UTF-8 after normalization to
/// NFC. Each is tested below, at and above its value.
namespace eduplat::limits {

inline constexpr std::size_t display_name_bytes_max = 200;
inline constexpr std::size_t email_bytes_max =
    254;  // RFC 5321, section 4.5.3.1.3, less the brackets
inline constexpr std::size_t email_local_part_bytes_max = 64;
inline constexpr std::size_t password_bytes_min = 8;
inline constexpr std::size_t password_bytes_max = 1024;
inline constexpr std::size_t issuer_bytes_max = 255;
inline constexpr std::size_t subject_bytes_max = 255;
inline constexpr std::size_t source_bytes_max = 100;
inline constexpr std::size_t source_id_bytes_max = 200;
inline constexpr std::size_t session_label_bytes_max = 200;
inline constexpr std::size_t throttle_source_bytes_max = 200;
inline constexpr std::size_t suspension_reason_bytes_max = 500;
inline constexpr std::size_t enrollment_reason_bytes_max = 500;
inline constexpr std::size_t persona_field_bytes_max = 100;
inline constexpr std::size_t persona_list_items_max = 50;
inline constexpr std::size_t search_query_bytes_max = 200;
inline constexpr std::size_t language_tag_bytes_max = 35;  // RFC 5646, section 4.4.1
inline constexpr std::size_t localized_text_languages_max = 50;
inline constexpr std::size_t localized_text_bytes_max = 1'000'000;

inline constexpr int page_size_default = 50;
inline constexpr int page_size_max = 200;
inline constexpr std::size_t cursor_bytes_max = 2048;

inline constexpr std::size_t import_chunk_rows = 500;

inline constexpr std::size_t title_bytes_max = 300;  // of a course, section or lecture
inline constexpr std::size_t course_summary_bytes_max = 5'000;
inline constexpr std::size_t slug_bytes_max = 100;
inline constexpr std::size_t label_bytes_max = 100;  // of a tag or concept
inline constexpr std::size_t labels_max = 50;  // tags of a course, concepts of a course or lecture
inline constexpr std::int64_t price_minor_max = 1'000'000'000'000;
inline constexpr std::size_t prices_max = 50;
inline constexpr int access_days_max = 36'500;
inline constexpr std::size_t teachers_max = 50;  // of one course
inline constexpr int teacher_share_max = 1'000'000;
inline constexpr std::size_t prerequisites_max = 50;
inline constexpr int course_capacity_max = 100'000'000;
inline constexpr std::size_t sections_max = 1'000;   // of one course
inline constexpr std::size_t lectures_max = 10'000;  // of one course
inline constexpr std::size_t items_max = 100;        // of one lecture
inline constexpr std::size_t item_address_bytes_max = 2'000;
inline constexpr std::size_t item_name_bytes_max = 300;
inline constexpr std::size_t media_type_bytes_max = 127;
inline constexpr std::chrono::hours item_duration_max{1'000};
inline constexpr std::size_t lecture_text_bytes_max = 4'000'000;  // of all items together
inline constexpr int release_days_max = 36'500;
inline constexpr std::size_t publication_note_bytes_max = 2'000;
inline constexpr std::size_t review_bytes_max = 10'000;

inline constexpr int account_duration_days_max = 36'500;  // of each duration in AccountOptions
inline constexpr int throttle_failures_max = 1'000'000;
inline constexpr std::uint64_t hash_memory_bytes_max = std::uint64_t{4} << 30U;
inline constexpr std::uint32_t hash_passes_max = 1'000;
inline constexpr int hashes_concurrent_max = 1'024;
inline constexpr int hashes_waiting_max = 64;

inline constexpr std::size_t learning_events_per_batch_max = 1000;
inline constexpr std::size_t learning_batch_key_bytes_max = 100;
inline constexpr std::size_t learning_text_bytes_max = 4000;  // of an answer, a search, a click
inline constexpr std::size_t learning_import_chunk_rows = 50'000;
inline constexpr std::chrono::minutes client_ahead_max{5};  // of a client's clock
inline constexpr std::int64_t opened_count_max = 1'000'000;
inline constexpr std::int64_t answer_score_max = 1'000'000;
inline constexpr int question_max = 1'000'000;
inline constexpr std::size_t coverage_intervals_max = 10'000;  // of one recording
inline constexpr int watch_rate_percent_max = 10'000;
inline constexpr std::chrono::seconds learning_duration_max{std::chrono::days{365}};

inline constexpr std::size_t idempotency_key_bytes_max = 200;
inline constexpr std::size_t payment_description_bytes_max = 127;
inline constexpr std::size_t payment_payer_bytes_max = 128;
inline constexpr std::size_t payment_return_url_bytes_max = 2000;
inline constexpr std::size_t refund_reason_bytes_max = 500;
inline constexpr std::size_t gateway_name_bytes_max = 50;
inline constexpr int payment_attempts_max = 10;               // of one payment
inline constexpr std::size_t gateway_word_bytes_max = 255;    // of what a gateway calls something
inline constexpr std::size_t gateway_reason_bytes_max = 500;  // longer ones are cut
inline constexpr int seat_hold_days_max = 30;                 // of PaymentOptions::seat_hold
inline constexpr int platform_fee_bp_max = 10'000;            // hundredths of a percent
inline constexpr std::size_t webhook_bytes_max = 1'000'000;
inline constexpr int reconciliation_items_max = 100;  // of each list

inline constexpr int threads_max = 64;  // of one call

inline constexpr std::int32_t recommender_rows_max = 100'000'000;  // users, and items
inline constexpr int recommender_factors_max = 1024;
inline constexpr int recommender_iterations_max = 1'000;
inline constexpr int recommend_n_max = 10'000;
inline constexpr std::int32_t recommender_weight_max = 1'000'000'000;  // of a pair
inline constexpr int ease_items_max = 20'000;                          // its matrix is dense
inline constexpr int content_learned_items_max = 8'000;  // more are not learned, only compared
inline constexpr std::size_t hybrid_parts_max = 16;

inline constexpr int recommendations_max = 100;          // in one answer
inline constexpr int recommender_events_max = 2'000;     // the newest of a learner that count
inline constexpr double interaction_weight_max = 1'000;  // of each of InteractionWeights
inline constexpr int recommendation_half_life_days_max = 36'500;

inline constexpr std::size_t analytics_buckets_max = 100'000;  // edges of buckets, less one
inline constexpr std::size_t analytics_funnel_steps_max = 32;
inline constexpr std::size_t analytics_groups_max = 256;            // that a test compares
inline constexpr std::size_t analytics_cells_max = 10'000'000;      // of a report of two dimensions
inline constexpr std::size_t frame_learner_events_max = 1U << 30U;  // of one learner
inline constexpr std::size_t frame_subjects_max = 1U << 28U;
inline constexpr int anonymity_k_max = 1'000'000;
inline constexpr std::size_t anonymity_combinations_max = 10'000;  // of steps of generalization

inline constexpr std::size_t group_commit_members_max = 256;
inline constexpr int readers_max = 64;
inline constexpr int busy_timeout_ms_max = 86'400'000;  // a day

}  // namespace eduplat::limits
