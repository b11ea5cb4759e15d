// @ts-nocheck: compiled. Generated from schemas/ by `npm run generate`. Do not edit.
import type { Smoke } from '../types.ts';
import type { Validator } from '../validators.ts';
import { isValue } from '../../values/kinds.ts';
const appended = (all, more) => { if (all === null) return more; for (const one of more) all.push(one); return all; };
const compiled: unknown = validate1047;
const schema389 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://ztna.example.com/schemas/smoke.schema.json","title":"Smoke","description":"The output of `smoke --json`: what became of trying each access test that is marked `probe: true` through real components.","type":"object","required":["environment","outcome","probes"],"additionalProperties":false,"properties":{"environment":{"$ref":"common.schema.json#/$defs/id"},"outcome":{"enum":["proved","contradicted","unproved"],"description":"`contradicted` where one was; else `unproved` where one was, or none could be tried at all."},"probes":{"type":"array","items":{"$ref":"#/$defs/probeResult"}}},"$defs":{"probeResult":{"title":"ProbeResult","type":"object","required":["test","service","port","protocol","intermediate","expected","outcome","says"],"additionalProperties":false,"properties":{"test":{"type":"string","description":"Where the expectation is: file and line."},"principal":{"$ref":"common.schema.json#/$defs/principal","description":"Who tried; absent for a client without certificate."},"service":{"$ref":"common.schema.json#/$defs/id"},"port":{"$ref":"common.schema.json#/$defs/port"},"protocol":{"enum":["tcp","udp"]},"intermediate":{"$ref":"common.schema.json#/$defs/id","description":"Through which intermediate alone."},"expected":{"enum":["reached","denied"]},"outcome":{"$ref":"#/$defs/probeOutcome"},"says":{"type":"string","description":"What the agent said last, or why nothing was tried."}}},"probeOutcome":{"title":"ProbeOutcome","enum":["proved","contradicted","unproved","left out"],"description":"`contradicted`: reached what must be denied, or the reverse. `unproved`: it could not be tried, or nothing answered. `left out`: at this instant policy itself says otherwise than the test's own instant."}}};

const pattern3 = new RegExp("^[a-z][a-z0-9-]{0,62}$", "u");

function validate1048(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate1048.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(typeof data === "string"){
if(!pattern3.test(data)){
const err0 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]{0,62}$"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate1048.errors = vErrors;
return errors === 0;
}
validate1048.evaluated = {"dynamicProps":false,"dynamicItems":false};

const schema391 = {"title":"ProbeResult","type":"object","required":["test","service","port","protocol","intermediate","expected","outcome","says"],"additionalProperties":false,"properties":{"test":{"type":"string","description":"Where the expectation is: file and line."},"principal":{"$ref":"common.schema.json#/$defs/principal","description":"Who tried; absent for a client without certificate."},"service":{"$ref":"common.schema.json#/$defs/id"},"port":{"$ref":"common.schema.json#/$defs/port"},"protocol":{"enum":["tcp","udp"]},"intermediate":{"$ref":"common.schema.json#/$defs/id","description":"Through which intermediate alone."},"expected":{"enum":["reached","denied"]},"outcome":{"$ref":"#/$defs/probeOutcome"},"says":{"type":"string","description":"What the agent said last, or why nothing was tried."}}};
const func1 = Object.prototype.hasOwnProperty;

const formats0 = ((text) => isValue("principal", text));

function validate1051(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate1051.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(typeof data === "string"){
if(!(formats0(data))){
const err0 = {instancePath,schemaPath:"#/format",keyword:"format",params:{format: "ztna-principal"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate1051.errors = vErrors;
return errors === 0;
}
validate1051.evaluated = {"dynamicProps":false,"dynamicItems":false};



function validate1054(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate1054.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(!(((typeof data == "number") && (!(data % 1) && !isNaN(data))) && (isFinite(data)))){
const err0 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if((typeof data == "number") && (isFinite(data))){
if(data > 65535 || isNaN(data)){
const err1 = {instancePath,schemaPath:"#/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data < 1 || isNaN(data)){
const err2 = {instancePath,schemaPath:"#/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
validate1054.errors = vErrors;
return errors === 0;
}
validate1054.evaluated = {"dynamicProps":false,"dynamicItems":false};

const schema394 = {"title":"ProbeOutcome","enum":["proved","contradicted","unproved","left out"],"description":"`contradicted`: reached what must be denied, or the reverse. `unproved`: it could not be tried, or nothing answered. `left out`: at this instant policy itself says otherwise than the test's own instant."};

function validate1057(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate1057.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(!((((data === "proved") || (data === "contradicted")) || (data === "unproved")) || (data === "left out"))){
const err0 = {instancePath,schemaPath:"#/enum",keyword:"enum",params:{allowedValues: schema394.enum}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
validate1057.errors = vErrors;
return errors === 0;
}
validate1057.evaluated = {"dynamicProps":false,"dynamicItems":false};


function validate1050(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate1050.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.test === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "test"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.service === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "service"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.port === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "port"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.protocol === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "protocol"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.intermediate === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "intermediate"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.expected === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "expected"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.outcome === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "outcome"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.says === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "says"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
for(const key0 in data){
if(!(func1.call(schema391.properties, key0))){
const err8 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.test !== undefined){
if(typeof data.test !== "string"){
const err9 = {instancePath:instancePath+"/test",schemaPath:"#/properties/test/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.principal !== undefined){
if(!(validate1051(data.principal, {instancePath:instancePath+"/principal",parentData:data,parentDataProperty:"principal",rootData,dynamicAnchors}))){
vErrors = appended(vErrors, validate1051.errors);
errors = vErrors.length;
}
}
if(data.service !== undefined){
if(!(validate1048(data.service, {instancePath:instancePath+"/service",parentData:data,parentDataProperty:"service",rootData,dynamicAnchors}))){
vErrors = appended(vErrors, validate1048.errors);
errors = vErrors.length;
}
}
if(data.port !== undefined){
if(!(validate1054(data.port, {instancePath:instancePath+"/port",parentData:data,parentDataProperty:"port",rootData,dynamicAnchors}))){
vErrors = appended(vErrors, validate1054.errors);
errors = vErrors.length;
}
}
if(data.protocol !== undefined){
let data4 = data.protocol;
if(!((data4 === "tcp") || (data4 === "udp"))){
const err10 = {instancePath:instancePath+"/protocol",schemaPath:"#/properties/protocol/enum",keyword:"enum",params:{allowedValues: schema391.properties.protocol.enum}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.intermediate !== undefined){
if(!(validate1048(data.intermediate, {instancePath:instancePath+"/intermediate",parentData:data,parentDataProperty:"intermediate",rootData,dynamicAnchors}))){
vErrors = appended(vErrors, validate1048.errors);
errors = vErrors.length;
}
}
if(data.expected !== undefined){
let data6 = data.expected;
if(!((data6 === "reached") || (data6 === "denied"))){
const err11 = {instancePath:instancePath+"/expected",schemaPath:"#/properties/expected/enum",keyword:"enum",params:{allowedValues: schema391.properties.expected.enum}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.outcome !== undefined){
if(!(validate1057(data.outcome, {instancePath:instancePath+"/outcome",parentData:data,parentDataProperty:"outcome",rootData,dynamicAnchors}))){
vErrors = appended(vErrors, validate1057.errors);
errors = vErrors.length;
}
}
if(data.says !== undefined){
if(typeof data.says !== "string"){
const err12 = {instancePath:instancePath+"/says",schemaPath:"#/properties/says/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
validate1050.errors = vErrors;
return errors === 0;
}
validate1050.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate1047(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="https://ztna.example.com/schemas/smoke.schema.json" */;
let vErrors = null;
let errors = 0;
const evaluated0 = validate1047.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.environment === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "environment"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.outcome === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "outcome"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.probes === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "probes"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "environment") || (key0 === "outcome")) || (key0 === "probes"))){
const err3 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.environment !== undefined){
if(!(validate1048(data.environment, {instancePath:instancePath+"/environment",parentData:data,parentDataProperty:"environment",rootData,dynamicAnchors}))){
vErrors = appended(vErrors, validate1048.errors);
errors = vErrors.length;
}
}
if(data.outcome !== undefined){
let data1 = data.outcome;
if(!(((data1 === "proved") || (data1 === "contradicted")) || (data1 === "unproved"))){
const err4 = {instancePath:instancePath+"/outcome",schemaPath:"#/properties/outcome/enum",keyword:"enum",params:{allowedValues: schema389.properties.outcome.enum}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.probes !== undefined){
let data2 = data.probes;
if(Array.isArray(data2)){
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
if(!(validate1050(data2[i0], {instancePath:instancePath+"/probes/" + i0,parentData:data2,parentDataProperty:i0,rootData,dynamicAnchors}))){
vErrors = appended(vErrors, validate1050.errors);
errors = vErrors.length;
}
}
}
else {
const err5 = {instancePath:instancePath+"/probes",schemaPath:"#/properties/probes/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
}
else {
const err6 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
validate1047.errors = vErrors;
return errors === 0;
}
validate1047.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

export const validateSmoke = compiled as Validator<Smoke>;
