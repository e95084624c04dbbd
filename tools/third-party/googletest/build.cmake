# Included by googletest's own CMakeLists.txt through CMAKE_PROJECT_INCLUDE: takes back the -fexceptions that it adds to its
# flags. In WebAssembly those exceptions are JavaScript's, and no program may have them that leaves functions by WebAssembly's own, as
# libvpx does.
function(earshot_without_exceptions)
  foreach(library gtest gtest_main)
    set_target_properties(${library} PROPERTIES COMPILE_FLAGS "-fno-exceptions")
  endforeach()
endfunction()

if(PROJECT_NAME STREQUAL "gtest")
  cmake_language(DEFER CALL earshot_without_exceptions)
endif()
