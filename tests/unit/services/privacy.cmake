if(NOT TARGET eduplat_service_calls OR NOT TARGET eduplat_sqlite)
  return()
endif()

# What stands beside the accounts: secrets, personal data, jobs, the journal.
eduplat_test(services_test
  SOURCES
    jobs_test.cpp
    journal_test.cpp
    password_hasher_test.cpp
    password_rules_test.cpp
    privacy_test.cpp
    tokens_test.cpp
  LIBS eduplat::service_calls eduplat::services eduplat::sqlite eduplat::testing
    eduplat::test_support
  LABELS unit)

eduplat_test(erasure_test
  SOURCES erasure_bytes_test.cpp
  LIBS eduplat::service_calls eduplat::services eduplat::sqlite eduplat::testing
    eduplat::test_support
  LABELS unit storage
  TIMEOUT 300)
