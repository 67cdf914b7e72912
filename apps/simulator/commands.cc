#include "apps/simulator/commands.h"

#include <cstdint>
#include <iostream>
#include <optional>
#include <ostream>
#include <sstream>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "apps/flags/command_line.h"
#include "apps/simulator/files.h"
#include "apps/simulator/real.h"
#include "apps/simulator/running_seed.h"
#include "chathttp/sim/run/run.h"
#include "chathttp/sim/run/trace.h"
#include "chathttp/sim/scenario/printer.h"
#include "chathttp/sim/search/generator.h"
#include "chathttp/sim/search/report.h"
#include "chathttp/sim/search/shrinker.h"

namespace chathttp {
namespace {

int Exit(sim::Verdict verdict) {
  std::cout.flush();
  return static_cast<int>(verdict);
}

// Runs `scenario` and prints its sequence chart.
sim::RunResult Draw(const sim::Scenario& scenario, const sim::ChartWindow& window,
                    std::ostream& out) {
  sim::SequenceChart chart(scenario.name, scenario.Participants());
  sim::RunResult result =
      sim::Run(scenario, {.trace = [&](const sim::TraceEvent& event) { chart.Add(event); }});
  out << chart.Svg(result.violations, window);
  return result;
}

// The result has a step, so that it can be run as a file.
sim::Scenario ShrinkTo(const sim::Scenario& scenario, const sim::Violation& violation) {
  return sim::Shrink(scenario, [&](const sim::Scenario& candidate) {
    return !candidate.steps.empty() && sim::BreaksAlike(candidate, violation);
  });
}

void Keep(const std::string& directory, const sim::Finding& finding,
          std::optional<sim::Mode> mode) {
  const sim::Scenario scenario = sim::Generate(finding.seed, mode);
  const sim::Scenario shrunk = ShrinkTo(scenario, finding.violations.front());
  const std::string name = absl::StrCat("seed-", finding.seed);
  WriteFile(directory, name + ".chat", sim::AsFile(scenario, finding.violations, name + ".chat"));
  WriteFile(directory, name + ".shrunk.chat",
            sim::AsFile(shrunk, sim::RunTwice(shrunk).violations, name + ".shrunk.chat"));
  std::ostringstream chart;
  Draw(shrunk, {}, chart);
  WriteFile(directory, name + ".shrunk.svg", chart.str());
  WriteFile(directory, name + ".test.cc",
            sim::TestSnippet(absl::StrCat("Seed", finding.seed), shrunk));
}

void PrintViolations(const std::string& what, const std::vector<sim::Violation>& violations,
                     const std::string& replay) {
  if (violations.empty()) return;
  std::cout << sim::DescribeViolations(what, violations) << sim::DescribeReplay(replay);
}

sim::Verdict RunWithSeeds(const std::string& path, const sim::SeedRange& seeds) {
  sim::Scenario scenario = ReadScenarioFile(path);
  sim::Verdict worst = sim::Verdict::kOk;
  std::uint64_t failed = 0;
  for (std::uint64_t i = 0; i < seeds.size(); ++i) {
    scenario.seed = seeds.first + i;
    const std::string replay =
        absl::StrCat("chat_sim run --seeds=", scenario.seed, "..", scenario.seed, " ", path);
    const RunningSeed running(scenario.seed, replay);
    const sim::RunResult result = sim::RunTwice(scenario);
    PrintViolations(absl::StrCat(path, ", seed ", scenario.seed), result.violations, replay);
    failed += result.ok() ? 0 : 1;
    worst = sim::Worse(worst, sim::VerdictOf(result.violations));
  }
  std::cout << path << ": " << seeds.size() << " seeds, " << failed << " failed\n";
  return worst;
}

}  // namespace

int RunFiles(const std::vector<std::string>& paths, bool real,
             const std::optional<sim::SeedRange>& seeds) {
  sim::Verdict worst = sim::Verdict::kOk;
  for (const std::string& path : paths) {
    if (seeds) {
      worst = sim::Worse(worst, RunWithSeeds(path, *seeds));
      continue;
    }
    const sim::Scenario scenario = ReadScenarioFile(path);
    const sim::RunResult result = real ? RunReal(scenario) : sim::RunTwice(scenario);
    std::cout << sim::DescribeRun(path, result);
    PrintViolations(path, result.violations,
                    absl::StrCat("chat_sim run ", real ? "--real " : "", path));
    worst = sim::Worse(worst, sim::VerdictOf(result.violations));
  }
  return Exit(worst);
}

int PrintGenerated(const std::string& seed, std::optional<sim::Mode> mode) {
  const std::optional<sim::SeedRange> seeds = sim::ParseSeeds(seed);
  if (!seeds || seeds->size() != 1) ExitWithUsageError("gen needs a seed, got " + seed);
  std::cout << sim::PrintScenario(sim::Generate(seeds->first, mode));
  return Exit(sim::Verdict::kOk);
}

int ShrinkOne(const std::string& path_or_seed, std::optional<sim::Mode> mode) {
  const sim::Scenario scenario = ReadScenario(path_or_seed, mode);
  const sim::RunResult result = sim::RunTwice(scenario);
  if (result.ok()) {
    std::cerr << path_or_seed << ": nothing to shrink, no invariant is broken" << std::endl;
    return Exit(sim::Verdict::kOk);
  }
  const sim::Scenario shrunk = ShrinkTo(scenario, result.violations.front());
  std::cout << sim::AsFile(shrunk, sim::RunTwice(shrunk).violations, "FILE");
  return Exit(sim::VerdictOf(result.violations));
}

int TraceOne(const std::string& path_or_seed, const TraceOptions& options) {
  const sim::Scenario scenario = ReadScenario(path_or_seed, options.mode);
  if (options.svg) {
    const sim::RunResult result = Draw(scenario, options.window, std::cout);
    std::cerr << sim::DescribeViolations(path_or_seed, result.violations);
    return Exit(sim::VerdictOf(result.violations));
  }
  std::vector<std::string> names = scenario.Participants();
  names.emplace_back("server");
  sim::LaneChart chart(names, options.width);
  std::cout << (options.json ? "" : chart.TakeText());
  const auto show = [&](const sim::TraceEvent& event) {
    if (options.json) {
      std::cout << sim::TraceJson(event) << "\n";
    } else {
      chart.Add(event);
      std::cout << chart.TakeText();
    }
  };
  const sim::RunResult result = sim::Run(scenario, {.trace = show});
  std::cerr << sim::DescribeViolations(path_or_seed, result.violations);
  return Exit(sim::VerdictOf(result.violations));
}

int RunSwarm(const SearchOptions& options, const std::string& keep) {
  const absl::Time begin = absl::Now();
  const sim::Swarm swarm = Search(options);
  const absl::Duration wall = absl::Now() - begin;
  for (const sim::Finding& finding : swarm.findings) {
    std::cout << sim::DescribeFinding(finding)
              << sim::DescribeReplay(sim::ReplayOf(finding.seed, options.mode));
    if (!keep.empty()) Keep(keep, finding, options.mode);
  }
  const bool coverage = !options.mode && swarm.scenarios >= sim::kSeedsForCoverage;
  const sim::Verdict verdict = sim::VerdictOf(swarm, coverage);
  if (verdict == sim::Verdict::kGap) {
    for (const std::string& gap : sim::CoverageGaps(swarm)) {
      std::cout << "never reached: " << gap << "\n";
    }
  }
  std::cout << sim::DescribeSwarm(swarm) << sim::DescribePace(swarm, wall);
  return Exit(verdict);
}

int PrintCensus(const SearchOptions& options) {
  const sim::Swarm swarm = Search(options);
  std::cout << sim::DescribeCensus(swarm) << sim::DescribeSwarm(swarm);
  return Exit(sim::VerdictOf(swarm, true));
}

}  // namespace chathttp
