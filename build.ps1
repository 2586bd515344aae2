#!/usr/bin/env pwsh
# Thin calls of dotnet, for who prefers one word: build | test | bench | run | publish
param([ValidateSet('build', 'test', 'bench', 'run', 'publish')][string]$Target = 'build')

switch ($Target) {
    'build'   { dotnet build Proxy.sln -c Release }
    'test'    { dotnet test Proxy.sln }
    'bench'   { dotnet run -c Release --project tests/Keyway.Benchmarks }
    'run'     { dotnet run -c Release --project src/Keyway }
    'publish' { dotnet publish src/Keyway -c Release -o artifacts/keyway }
}
exit $LASTEXITCODE
