if(NOT TARGET eduplat_service_calls OR NOT TARGET eduplat_sqlite)
  return()
endif()

eduplat_test(insights_test
  SOURCES
    insights_activity_test.cpp
    insights_content_test.cpp
    insights_enrollments_test.cpp
    insights_lateness_test.cpp
    insights_money_test.cpp
    insights_rights_test.cpp
    insights_takings_test.cpp
    insights_stays_test.cpp
  LIBS eduplat::service_calls eduplat::sqlite eduplat::test_support
  LABELS unit)

if(NOT TARGET eduplat_platform)
  return()
endif()
eduplat_test(insights_frames_test
  SOURCES
    insights_files_test.cpp
    insights_frames_test.cpp
  LIBS eduplat::eduplat eduplat::testing eduplat::test_support
  LABELS unit)
