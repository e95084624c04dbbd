# Third-party libraries as imported targets:
#   earshot_third_party::opus   earshot_third_party::opus-deep (where it was built)   earshot_third_party::ogg   earshot_third_party::vpx   earshot_third_party::openh264   earshot_third_party::vpx-threads (WebAssembly with SIMD)   GTest::gtest(_main)   benchmark::benchmark
# `node tools/setup.mjs` builds them once per variant outside the checkout and writes where to build/deps.cmake.
include("${PROJECT_SOURCE_DIR}/build/deps.cmake" OPTIONAL RESULT_VARIABLE earshot_deps)
if(NOT earshot_deps)
  message(FATAL_ERROR "build/deps.cmake is missing. Run this once:  node tools/setup.mjs")
endif()

if(NOT EMSCRIPTEN)
  set(earshot_variant native)
elseif(EARSHOT_SIMD)
  set(earshot_variant wasm)
else()
  set(earshot_variant wasm-scalar)
endif()

# The prefix of one library for this variant, checked so that a cleared cache is named, not a missing header.
function(earshot_third_party_prefix library result)
  set(prefix "${EARSHOT_DEPS_${earshot_variant}_${library}}")
  if(NOT EXISTS "${prefix}/include")
    message(FATAL_ERROR "${library} for ${earshot_variant} is not built. Run:  node tools/setup.mjs")
  endif()
  set(${result} "${prefix}" PARENT_SCOPE)
endfunction()

function(earshot_import_static library archive include)
  earshot_third_party_prefix(${library} prefix)
  add_library(earshot_third_party::${library} STATIC IMPORTED)
  set_target_properties(earshot_third_party::${library} PROPERTIES
    IMPORTED_LOCATION "${prefix}/lib/${archive}"
    INTERFACE_INCLUDE_DIRECTORIES "${prefix}/${include}"
    INTERFACE_LINK_LIBRARIES "$<$<NOT:$<BOOL:${EMSCRIPTEN}>>:m>")
endfunction()

earshot_import_static(opus libopus.a include/opus)
earshot_import_static(ogg libogg.a include)
earshot_import_static(vpx libvpx.a include)
earshot_import_static(openh264 libopenh264.a include)
if(EMSCRIPTEN)
  # It was built so (tools/lib/third-party.mjs), and whatever links it has to agree.
  set_target_properties(earshot_third_party::vpx PROPERTIES INTERFACE_LINK_OPTIONS -sSUPPORT_LONGJMP=wasm)
endif()
# For the SIMD variant alone.
if(EARSHOT_DEPS_${earshot_variant}_vpx-threads)
  earshot_import_static(vpx-threads libvpx.a include)
  set_target_properties(earshot_third_party::vpx-threads PROPERTIES
    INTERFACE_COMPILE_OPTIONS -sSHARED_MEMORY=1
    INTERFACE_LINK_OPTIONS "-sSUPPORT_LONGJMP=wasm;-sIMPORTED_MEMORY=1;-Wl,--shared-memory,--no-check-features")
endif()
# Not for the scalar variant, and not of a libopus before 1.6.
if(EARSHOT_DEPS_${earshot_variant}_opus-deep)
  earshot_import_static(opus-deep libopus.a include/opus)
endif()

# Emscripten's toolchain confines find_package to its own sysroot, hence NO_CMAKE_FIND_ROOT_PATH. What an earlier configuration found
# may have been built another way, so it is looked for again.
if(EARSHOT_TESTS)
  earshot_third_party_prefix(googletest earshot_googletest)
  unset(GTest_DIR CACHE)
  find_package(GTest CONFIG REQUIRED PATHS "${earshot_googletest}" NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
endif()
if(EARSHOT_BENCH)
  earshot_third_party_prefix(benchmark earshot_benchmark)
  unset(benchmark_DIR CACHE)
  find_package(benchmark CONFIG REQUIRED PATHS "${earshot_benchmark}" NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
endif()
