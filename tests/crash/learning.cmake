if(NOT TARGET eduplat_service_calls OR NOT TARGET eduplat_platform)
  return()
endif()

eduplat_test(crash_learning
  SOURCES learning_kill_test.cpp
  LIBS eduplat::platform eduplat::service_calls eduplat::sqlite eduplat::test_support
  LABELS storage crash
  TIMEOUT 1800
  PROCESSES learning_victim.cpp)
