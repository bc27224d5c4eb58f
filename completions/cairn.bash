# bash completion for cairn
_cairn() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in -*) ;; *) command=${COMP_WORDS[i]}; break ;; esac
  done
  COMPREPLY=()
  if [[ -z $command && $word != -* ]]; then
    COMPREPLY=($(compgen -W 'index export def refs callers callees hierarchy path tests complexity cycles dead-code coverage serve pin token doctor verify backup restore completions' -- "$word"))
    return
  fi
  case $command:$before in
    export:--format) COMPREPLY=($(compgen -W 'jsonl json graphml dot pycg' -- "$word")); return ;;
    refs:--tier) COMPREPLY=($(compgen -W 'exact resolved dispatch heuristic' -- "$word")); return ;;
    callers:--tier) COMPREPLY=($(compgen -W 'exact resolved dispatch heuristic' -- "$word")); return ;;
    callees:--tier) COMPREPLY=($(compgen -W 'exact resolved dispatch heuristic' -- "$word")); return ;;
    hierarchy:--tier) COMPREPLY=($(compgen -W 'exact resolved dispatch heuristic' -- "$word")); return ;;
    path:--tier) COMPREPLY=($(compgen -W 'exact resolved dispatch heuristic' -- "$word")); return ;;
    tests:--tier) COMPREPLY=($(compgen -W 'exact resolved dispatch heuristic' -- "$word")); return ;;
    complexity:--profile) COMPREPLY=($(compgen -W 'std' -- "$word")); return ;;
    complexity:--format) COMPREPLY=($(compgen -W 'table json csv' -- "$word")); return ;;
    cycles:--level) COMPREPLY=($(compgen -W 'file symbol' -- "$word")); return ;;
    cycles:--tier) COMPREPLY=($(compgen -W 'exact resolved dispatch heuristic' -- "$word")); return ;;
    coverage:--format) COMPREPLY=($(compgen -W 'lcov cobertura jacoco go llvm-cov gcov coverage.py istanbul clover coveralls sonarqube' -- "$word")); return ;;
    serve:--role) COMPREPLY=($(compgen -W 'all api index' -- "$word")); return ;;
    completions:completions) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word")); return ;;
    *:--data) COMPREPLY=($(compgen -d -- "$word")); return ;;
  esac
  if [[ $word == -* ]]; then
    case $command in
      index) COMPREPLY=($(compgen -W '--at --clean --json --no-clang --data --threads --quiet --verbose --help' -- "$word")) ;;
      export) COMPREPLY=($(compgen -W '--format --output --at --clean --data --threads --quiet --verbose --help' -- "$word")) ;;
      def) COMPREPLY=($(compgen -W '--at --json --data --threads --quiet --verbose --help' -- "$word")) ;;
      refs) COMPREPLY=($(compgen -W '--tier --at --json --data --threads --quiet --verbose --help' -- "$word")) ;;
      callers) COMPREPLY=($(compgen -W '--depth --tier --at --json --data --threads --quiet --verbose --help' -- "$word")) ;;
      callees) COMPREPLY=($(compgen -W '--depth --tier --at --json --data --threads --quiet --verbose --help' -- "$word")) ;;
      hierarchy) COMPREPLY=($(compgen -W '--depth --tier --at --json --data --threads --quiet --verbose --help' -- "$word")) ;;
      path) COMPREPLY=($(compgen -W '--count --tier --at --json --data --threads --quiet --verbose --help' -- "$word")) ;;
      tests) COMPREPLY=($(compgen -W '--depth --tier --at --json --data --threads --quiet --verbose --help' -- "$word")) ;;
      complexity) COMPREPLY=($(compgen -W '--profile --format --over --json --at --data --threads --quiet --verbose --help' -- "$word")) ;;
      cycles) COMPREPLY=($(compgen -W '--level --tier --fail --at --json --data --threads --quiet --verbose --help' -- "$word")) ;;
      dead-code) COMPREPLY=($(compgen -W '--exported --fail --at --json --data --threads --quiet --verbose --help' -- "$word")) ;;
      coverage) COMPREPLY=($(compgen -W '--format --flag --path --at --json --data --threads --quiet --verbose --help' -- "$word")) ;;
      serve) COMPREPLY=($(compgen -W '--listen --role --config --dev --data --threads --quiet --verbose --help' -- "$word")) ;;
      pin) COMPREPLY=($(compgen -W '--server --token-file --name --branch --data --threads --quiet --verbose --help' -- "$word")) ;;
      token) COMPREPLY=($(compgen -W '--name --scope --repo --days --id --json --data --threads --quiet --verbose --help' -- "$word")) ;;
      doctor) COMPREPLY=($(compgen -W '--json --data --threads --quiet --verbose --help' -- "$word")) ;;
      verify) COMPREPLY=($(compgen -W '--json --data --threads --quiet --verbose --help' -- "$word")) ;;
      backup) COMPREPLY=($(compgen -W '--data --threads --quiet --verbose --help' -- "$word")) ;;
      restore) COMPREPLY=($(compgen -W '--data --threads --quiet --verbose --help' -- "$word")) ;;
      completions) COMPREPLY=($(compgen -W '--data --threads --quiet --verbose --help' -- "$word")) ;;
      *) COMPREPLY=($(compgen -W '--help --version' -- "$word")) ;;
    esac
    return
  fi
  COMPREPLY=($(compgen -f -- "$word"))
}
complete -o filenames -F _cairn cairn
