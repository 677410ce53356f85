import { keyShapes } from '../../test/support/drawn-keys.js';
import { hasKey, hasKeyWithPrefix } from './key-likeness.js';

/** Keys as the providers make them. */
const shapes = keyShapes(20_261_126);

const MAX_NAME_LENGTH = 100;
const wrappings: readonly ((key: string) => string)[] = [
  (key) => key,
  (key) => `(${key})`,
  (key) => `[${key}]`,
  (key) => `{"key":"${key}"}`,
  (key) => `'${key}'`,
  (key) => `<${key}>`,
  (key) => `«${key}»`,
  (key) => `key=${key}`,
  (key) => `key:${key}`,
  (key) => `OPENAI_API_KEY=${key}`,
  (key) => `my/key/${key}`,
  (key) => `my-key-${key}`,
  (key) => `my_key_${key}`,
  (key) => `work.${key}.home`,
  (key) => `ключ${key}`,
  (key) => `for work: ${key}, for ever!`,
  (key) => `\u200b${key.slice(0, 6)}\u200b${key.slice(6)}`,
  (key) => `Bearer ${key}`,
];

const labels: readonly string[] = [
  'work',
  'Production key (EU)',
  'fc-production-search-key',
  'sk-ant-work-laptop-anthropic',
  'my-openai-key-2026-11',
  "Alice's key for project-alpha-staging",
  'Donaudampfschifffahrtsgesellschaft',
  'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz',
  'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch',
  'DESKTOP-7F3K9QL',
  'LAPTOP-3F9K2Q7B',
  'iPhone15ProMax256GB',
  'MyOpenAIKeyForTheProductionClusterInEurope2026',
  'https://ec2-3-120-45-7.eu-central-1.compute.amazonaws.com',
  '20261124T093000Z',
  'v1.2.3-beta.4+build.5f3e2a1',
  '00:1A:2B:3C:4D:5E',
  'sk-proj-work',
  'tvly-dev-team-key',
  'BSA-team-production-key',
  'AWS-GCP-K8s-prod-eu-west-1-v2',
  'GPT4-XL-HTTP2-TLS-QA-DB2-RDS',
  'Kraftfahrzeughaftpflichtversicherung',
  'hippopotomonstrosesquippedaliophobia',
  'pneumonoultramicroscopicsilicovolcanoconiosis',
  'antidisestablishmentarianism',
  'Szczebrzeszyn-produkcja',
  'przedsiębiorstwo-wdrożenie-środowisko-testowe',
  'klíč pro produkci',
  'Schlüssel für München',
  'clé de production à Zürich',
  'ключ для работы',
  '生产环境密钥',
  'مفتاح العمل',
  '🔑 personal',
  'alice@example.com',
  'anthropic-claude-sonnet-4-5-20250929-production',
  'gpt-4o-mini-2024-07-18',
  'gemini-2.5-flash-preview-09-2025',
  'team/backend/search/firecrawl',
  'project_alpha_staging_openai_key_v2',
  'KEYSTREAM_PRODUCTION_OPENAI_API_KEY',
  'ACME-Corp-Internal-Tools-2026Q4',
  'Kunden-Support-Bot (Lasttest)',
  'tooManyCamelCaseWordsInThisOneLabelForAKey',
  'kubernetes-ingress-nginx-controller-7d9f',
  'build-3f2a9c1',
  'PO-2026-0012345',
  '555-0199',
  '+49 30 1234567',
  'ticket #48213',
  'JIRA-48213/search',
  'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  '-----',
  'a',
  'sk-proj-…abcd',
  'sk-ant-api03-…wxyz',
  '…wxyz',
  'risk-assessment-and-compliance-department',
  'desk-laptop-mainframe',
  'ask-me-anything-about-search',
  'ufc-2026-tickets-and-more',
  'task-k8s-eu1-prod-x9',
  'sk-svcacct-backend-service-account',
  'AIzaTest',
  'fc-staging',
  'tvly-production-2026',
  'Testschlüssel_für_Integrationsumgebung',
  'luonnonvarakeskus-tuotantoavain',
  'megszentségteleníthetetlenségeskedéseitekért',
  'supercalifragilisticexpialidocious',
  'Bundesausbildungsförderungsgesetz',
  'wachtwoordbeheerder-productieomgeving',
  'arbejdsmarkedsuddannelser',
  'llave-de-produccion-para-busquedas',
  'chave-de-producao-para-pesquisas',
  'chiave-di-produzione',
  'cheia-de-productie',
  'anahtar-uretim-ortami',
  'kunci-produksi-pencarian',
  'khoa-san-xuat',
  'OpenAI (billing: cost centre 4711)',
  'Brave Search – free tier',
  'Tavily dev',
  'serper.dev 2500 free queries',
  'Claude @ home',
  "Ben's MacBook-Pro-16-M3-Max-2024",
  'THINKPAD-X1-CARBON-GEN11',
  'raspberrypi4-garage',
  'node-eu-west-1a-i-0ab12cd34ef567890',
  'gke-cluster-1-default-pool-9f3b2c1d-x7kq',
  'ip-172-31-45-210.eu-central-1.compute.internal',
  '192.168.178.21',
  'fe80::1ff:fe23:4567:890a',
  '2026-11-26T15:30:00+01:00',
  'thequickbrownfoxjumpsoverthelazydog',
  'loremipsumdolorsitametconsecteturadipiscingelit',
  'for the weekly report; do not delete',
  'old key, revoke after 2027-01-01!',
  'Zürich/Genève/Łódź',
  'strč prst skrz krk',
  'Hubschrauberlandeplatz',
  'Verschlüsselungsschlüssel',
  'rhythms-and-syzygy',
  'BVG-Berlin-BSR-DHL-GmbH-KG',
  'NVIDIA-H100-NVL-94GB-PCIe',
  'CVE-2026-12345-hotfix',
  'ISO27001-SOC2-HIPAA-PCI-DSS-audit',
  '1password:openai',
  'key=work',
  'token: production',
  'sk-ant-LAPTOP-3F9K2Q7B',
  'fc-DESKTOP-7F3K9QL',
  'desk-DESKTOP-7F3K9QL',
  'sk-proj-team2026-alpha',
  'zendesk-ticket-AB12CD34',
  // Behind a prefix it is not the length that makes a key.
  `sk-ant-api03-${'x'.repeat(40)}`,
  'fc-internationalization',
  'fc-Donaudampfschifffahrtsgesellschaft',
  'sk-proj-telecommunications-department',
  'sk-proj-LaptopOfAlice',
  'sk-ant-AliceMacBookPro2026',
  'sk-ant-api03-work-laptop',
  'sk-ant-api03-backup-of-production',
  'sk-proj-20261126093000',
  'fc-20261126T093000Z',
  'tvly-searchForProduction',
  'tvly-dev-kubernetesIngressController',
  'BSA-ProductionSearchKeyForEurope',
  'BSAproductionsearchkey',
  'AIzaProductionMapsAndGemini',
  'AIza-geminiProductionKey2026',
  'sk-svcacct-continuousIntegration',
  'sk-svcacct-gitlabRunner42Production',
  'sk-proj-customer_support_chatbot_v2',
  'fc-productionEuropeWest1SearchKey',
  'sk-ant-ProductionKeyOfTheSearchTeam',
  'sk-hetzner-nuernberg-rechenzentrum',
  'sk-Rechenzentrumsverwaltung',
  'fc-przedsiebiorstwo-srodowisko',
  'fc-PRODUCTIONENVIRONMENT',
  'tvly-SHAREDRESEARCHWORKSPACE',
  'sk-proj-12345678901234',
  'my-fc-production-search-key-of-2026',
  'sk-ant-work-laptop-anthropic (old)',
];

describe('hasKey', () => {
  it.each(Object.entries(shapes))('finds a key of %s, however it is wrapped', (_, makeKey) => {
    for (let count = 0; count < 40; count += 1) {
      const key = makeKey();
      const missed = wrappings
        .map((wrap) => wrap(key).slice(0, MAX_NAME_LENGTH))
        .filter((name) => !hasKey(name));
      expect(missed).toEqual([]);
    }
  });

  it.each([
    ['a UUID', '8f14e45f-ceea-467f-9d3c-1b2a3c4d5e6f'],
    ['a digest', 'D41D8CD98F00B204E9800998ECF8427E'],
    ['a token of three parts', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLW9mLWl0'],
    ['base64', 'q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k='],
    ['a long number', '31415926535897932384626433832795'],
    ['the middle of a key', 'Qx7RtB2mKp9ZsLw4Vn8Y'],
    ['a prefix and the digits in their order', 'sk-proj-0123456789abcdefWXYZ'],
    ['full-width characters', 'ｓｋ－ｐｒｏｊ－Ab3dE5gH7jK9mN1pQ3sT5'],
  ])('finds %s', (_, text) => {
    expect(hasKey(text)).toBe(true);
  });

  it.each(labels)('finds none in %j', (label) => {
    expect(hasKey(label)).toBe(false);
  });
});

/** What providers, gateways and clouds call models, tuned ones and deployments, too. */
const models = [
  'gpt-5-mini-2025-08-07',
  'ft:gpt-4o-mini-2024-07-18:my-org:custom_suffix:7p4lURel',
  'claude-sonnet-4-5-20250929',
  'us.anthropic.claude-3-7-sonnet-20250219-v1:0',
  'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6',
  'models/gemini-2.5-pro',
  'tunedModels/sentiment-3d5s2wrz1k7rq9',
  'projects/my-project/locations/us-central1/endpoints/1234567890123456789',
  'accounts/fireworks/models/llama-v3p1-405b-instruct',
  'nousresearch/hermes-3-llama-3.1-405b:free',
  '8f14e45f-ceea-467f-9d3c-1b2a3c4d5e6f',
  'd41d8cd98f00b204e9800998ecf8427e',
];

describe('hasKeyWithPrefix', () => {
  it.each(models)('finds none in the model %j', (model) => {
    expect(hasKeyWithPrefix(model)).toBe(false);
  });

  const withPrefix = Object.entries(shapes).filter(
    ([, makeKey]) => !/^(?:[\da-zA-Z]{32}|[\da-zA-Z]{40})$/.test(makeKey()),
  );
  it.each(withPrefix)('finds a key of %s', (_, makeKey) => {
    for (let count = 0; count < 40; count += 1) expect(hasKeyWithPrefix(makeKey())).toBe(true);
  });
});
